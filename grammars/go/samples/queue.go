// Package queue hands work to goroutines: generics, channels, embedded types and literals.
package queue

import (
	"context"
	"errors"
	"fmt"
	. "math"
	_ "net/http/pprof"
	str "strings"
	"sync"
)

const (
	small = 1 << iota
	medium
	large, huge = iota, 0x1p-2
)

var (
	ErrClosed     = errors.New("closed")
	table         = map[string][]int{"a": {1, 2}, "b": nil}
	matrix        = [...][2]float64{{1, .5}, 1: {1e3, 0b11}}
	raw           = `no \escape "here"
on two lines`
	r, quote, bel = 'x', '\'', '\u00e9'
	big           = 1_000i + 0o17
)

/* An ordered type. */
type Ordered interface {
	~int | ~int64 | ~float64
	fmt.Stringer
	Less(other int) bool
}

type Pair[K comparable, V any] struct {
	Key   K `json:"key,omitempty"`
	Value V "plain"
	*sync.Mutex
	next, previous *Pair[K, V]
}

type (
	Handler  func(ctx context.Context, args ...string) (n int, err error)
	Alias    = Pair[string, []byte]
	Receiver <-chan struct{}
)

func New[T any](size int, options ...func(*Queue[T])) *Queue[T] {
	q := &Queue[T]{items: make(chan T, size)}
	for _, option := range options {
		option(q)
	}
	return q
}

type Queue[T any] struct {
	items  chan T
	closed bool
	hook   func(T) bool
}

func (q *Queue[T]) Run(ctx context.Context, workers int) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v", r)
		}
	}()
	var wait sync.WaitGroup
outer:
	for i := 0; i < workers; i++ {
		wait.Add(1)
		go func(id int) {
			defer wait.Done()
			for {
				select {
				case <-ctx.Done():
					return
				case item, ok := <-q.items:
					if !ok || q.hook == nil {
						break
					}
					q.hook(item)
				default:
				}
			}
		}(i)
		switch x := any(i).(type) {
		case nil:
			continue outer
		case int, *int:
			_ = x
			fallthrough
		case interface{ Close() error }:
		default:
			break outer
		}
	}
	wait.Wait()
	switch {
	case workers > 3 && !q.closed, workers == 0:
		goto end
	}
end:
	return
}

func (Queue[T]) Name() string { return str.ToUpper(fmt.Sprint(Pi, table["a"][1:2:3], matrix[0][:])) }

func sum(numbers ...int) (total int) {
	for range numbers {
		total++
	}
	for i, n := range numbers {
		total += n<<uint(i)&^1 | -n%3
	}
	if n := len(numbers); n > 0 {
		total--
	} else if f := func() int { return 1 }; f() == 1 {
		var local struct{ x, y int }
		p := &local.x
		*p, local.y = local.y, *p
	}
	return total
}

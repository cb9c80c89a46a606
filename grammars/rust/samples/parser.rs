#![allow(dead_code, unused_variables)]
//! Reads expressions: lifetimes, generics, traits, patterns, macros and all kinds of literals.

use std::{
    collections::{BTreeMap, HashMap as Map},
    fmt::{self, Display},
    io::prelude::*,
};

/// Text and how far it has been read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input<'a> {
    text: &'a str,
    pub(crate) offset: usize,
}

/** A value.
 * Of several kinds /* nested */ as the case may be. */
#[derive(Debug)]
#[cfg_attr(feature = "serde", derive(Serialize))]
pub enum Value<'a, T = f64>
where
    T: Copy + 'a,
{
    Nothing,
    Number(T),
    Text { content: &'a [u8], raw: bool },
    List(Vec<Value<'a, T>>) = 7,
}

pub trait Reader<const N: usize>: Sized {
    type Item<'b>: Iterator<Item = &'b str>
    where
        Self: 'b;
    const LIMIT: usize = N << 1 | 0x1F;
    fn read(&mut self) -> Result<Option<Self::Item<'_>>, Box<dyn std::error::Error + Send + 'static>>;
    fn limit() -> usize {
        Self::LIMIT
    }
}

unsafe impl<'a> Send for Input<'a> {}

impl<'a> Input<'a> {
    pub const fn new(text: &'a str) -> Self {
        Self { text, offset: 0 }
    }

    /* A block comment. */
    fn skip_while<F>(&mut self, mut condition: F) -> &'a str
    where
        F: FnMut(char) -> bool + 'a,
    {
        let start = self.offset;
        while let Some(c) = self.text[self.offset..].chars().next() {
            if !condition(c) {
                break;
            }
            self.offset += c.len_utf8();
        }
        &self.text[start..self.offset]
    }

    fn number(&mut self) -> Option<i64> {
        let digits = self.skip_while(|c| c.is_ascii_digit() || c == '_');
        digits.replace('_', "").parse::<i64>().ok()
    }
}

impl<T: Display + Copy> Display for Value<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Value::Nothing => write!(f, "-"),
            Value::Number(ref n) if f.alternate() => write!(f, "{n:>8}"),
            Value::Number(n) => n.fmt(f),
            Value::Text { content: [first, .., last], .. } => write!(f, "{}{}", first, last),
            Value::Text { content: &[b'a'..=b'z' | b'_', ref rest @ ..], raw: true } => f.write_str("word"),
            Value::List(ref items) => items.iter().try_for_each(|item| write!(f, "{item} ")),
            _ => Err(fmt::Error),
        }
    }
}

macro_rules! table {
    ($($key:expr => $value:expr),* $(,)?) => {{
        let mut map = ::std::collections::BTreeMap::new();
        $(map.insert($key, $value);)*
        map
    }};
}

static LETTERS: &[&str] = &["plain", "esc\"aped\\ \u{1F980}\x41\
     and continued", r"raw \ text", r#"with "quotes" inside"#, r##"a "# within"##];
const BYTES: [u8; 4] = [b'\'', b'\\', b'\x7f', b'0'];
static mut COUNTER: u32 = 1_000u32;

pub extern "C" fn callback(value: *const u8, length: usize) -> i32 {
    let bytes: &[u8] = unsafe { std::slice::from_raw_parts(value, length) };
    bytes.len() as i32
}

async fn fetch(url: &str) -> Result<String, std::io::Error> {
    let answer = async move { Ok::<_, std::io::Error>(String::from(url)) }.await?;
    Ok(answer)
}

fn main() {
    let table = table! { "one" => 1, r#"two"# => 2, };
    let (a, mut b): (f32, _) = (1.0, 2e-3f64);
    let tuple = ((1, 2), 3);
    let nested = tuple.0 .1 + tuple.1;
    let range = (0..10).chain(20..=30).rev().map(|x: i32| -> i32 { x * 2 }).collect::<Vec<_>>();
    let c = b'c' as char;
    let label = 'outer: loop {
        for (index, &item) in range.iter().enumerate() {
            if item % 2 == 0 && !(index > 3) || item < 0 {
                continue 'outer;
            } else if let 1 | 2 = item {
                break 'outer index;
            }
        }
    };
    let shape = if a < 1. { Value::Number(a) } else { Value::Nothing };
    let Some(first) = range.first() else { return };
    b += *first as f64;
    let closure = move |Input { text, .. }: Input<'_>| text.len();
    let length = unsafe { COUNTER & !0 ^ 1 } >> 1;
    println!("{label} {} {:?} {0:#x}", length, (c, "text"), );
    assert!(matches!(shape, Value::<f32>::Nothing | Value::Number(_)), "unexpected: {}", nested);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_numbers() {
        assert_eq!(Input::new("1_000 rest").number(), Some(1000));
    }
}

// A ring buffer of fixed size: templates, concepts, operators and attributes.
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <initializer_list>
#include <optional>
#include <type_traits>
#include <utility>

#if !defined(__cpp_concepts) || __cpp_concepts < 201907L
#  error "concepts are missing"
#endif

namespace ring::detail {

template <typename T>
concept Storable = std::is_nothrow_move_constructible_v<T> && requires(T a, T b) {
  { a = std::move(b) } noexcept;
  typename std::remove_cvref_t<T>;
  requires sizeof(T) <= 4096;
};

template <std::size_t N>
inline constexpr bool is_power_of_two = N != 0 && (N & (N - 1)) == 0;

}  // namespace ring::detail

namespace ring {

enum class Policy : unsigned char { refuse, overwrite = 1u << 1 };

template <detail::Storable T, std::size_t N = 0x10, Policy policy = Policy::refuse>
class Buffer final {
 public:
  using value_type = T;
  using size_type = decltype(N);
  static_assert(detail::is_power_of_two<N>, "the size must be a power of two");

  constexpr Buffer() noexcept = default;
  Buffer(std::initializer_list<T> values) {
    for (auto&& value : values) push(value);
  }
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) & = delete;
  ~Buffer() noexcept { clear(); }

  [[nodiscard]] constexpr bool empty() const noexcept { return count_ == 0; }
  [[nodiscard]] auto size() const -> size_type { return count_; }

  template <typename U>
    requires std::convertible_to<U, T>
  bool push(U&& value) {
    if constexpr (policy == Policy::overwrite) {
      if (count_ == N) (void)pop();
    } else if (count_ == N) {
      return false;
    }
    items_[(first_ + count_++) & (N - 1)] = static_cast<T>(std::forward<U>(value));
    return true;
  }

  std::optional<T> pop() {
    if (empty()) [[unlikely]]
      return std::nullopt;
    T result{std::move(items_[first_])};
    first_ = (first_ + 1) % N, --count_;
    return {std::move(result)};
  }

  [[gnu::cold]] void clear() { first_ = count_ = 0; }

  const T& operator[](size_type index) const { return items_[(first_ + index) & (N - 1)]; }
  explicit operator bool() const { return !empty(); }
  friend bool operator==(const Buffer& a, const Buffer& b) {
    if (a.size() != b.size()) return false;
    for (size_type i{0}; i < a.size(); ++i)
      if (!(a[i] == b[i])) return false;
    return true;
  }

  template <typename Visitor, typename... Arguments>
  void each(Visitor&& visit, Arguments&&... arguments) const {
    for (size_type i = 0; i != count_; ++i) visit((*this)[i], std::forward<Arguments>(arguments)...);
  }

 private:
  std::array<T, N> items_{};
  size_type first_ = 0, count_ = 0;
};

template <typename... T>
Buffer(T...) -> Buffer<std::common_type_t<T...>>;

template <typename... T>
constexpr auto sum(T... values) {
  return (values + ... + 0);
}

}  // namespace ring

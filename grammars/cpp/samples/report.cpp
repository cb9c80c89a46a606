/* Reads measurements and prints a report: raw strings, lambdas, casts and the preprocessor. */
#include <algorithm>
#include <chrono>
#include <iostream>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#ifdef _WIN32
#include <windows.h>
#elif defined(__unix__)
#include <unistd.h>
#else
#error "unknown system"
#endif

#define CHECK(condition, ...)                        \
  do {                                               \
    if (!(condition)) throw std::logic_error(#condition); \
  } while (0)

namespace {

constexpr auto usage = R"(usage: report [--json] FILE
  "FILE" has one number per line; a \ is no escape here.
)";
const char* const page = R"html(<p class="x">)" not yet the end )html";
const auto wide = LR"(a)" L"b\x41\u00e9";
const char8_t* letters = u8"\"\\\t\0";

struct Station {
  std::string name;
  double latitude{}, longitude = -0.5e-3;
  unsigned flags : 3, kind : 5;
  mutable int reads = 0'123;

  explicit Station(std::string label) : name(std::move(label)) {}

  virtual ~Station() = default;
  virtual double height() const = 0;
};

class Mast : public virtual Station, private std::vector<double> {
 public:
  explicit Mast(std::string label) try : Station{std::move(label)}, height_(12.5f) {
  } catch (const std::bad_alloc&) {
    throw;
  }
  double height() const override { return height_ * 1.0L; }
  using std::vector<double>::push_back;
  operator double() const { return height(); }

 private:
  const float height_;
  friend class Report;
};

template <typename Key, typename Value = std::vector<Key>>
using Index = std::map<Key, Value, std::less<>>;

template <int N>
inline constexpr bool is_small = N < 10 && (N >> 1) >= 0;
template <>
[[maybe_unused]] constexpr bool is_small<3> = (1 > 2);

extern "C" {
int puts(const char*);
}

double mean(const std::vector<double>& values) {
  double total = 0;
  for (const double value : values) total += value;
  return values.empty() ? 0.0 : total / static_cast<double>(values.size());
}

std::unique_ptr<Station> find(const std::vector<std::unique_ptr<Mast>>& masts, const std::string& name) {
  auto found = std::find_if(masts.begin(), masts.end(), [&name](const auto& mast) { return mast->name == name; });
  if (found == masts.end()) return nullptr;
  return std::make_unique<Mast>((*found)->name);
}

}  // namespace

static void (*handler)(int) = nullptr;
int table[2][3] = {{1, 2, 3}, {4, 5, 6}};
unsigned long long big = 0xFFFF'FFFFull + 0b1010u + 017;

int main(int argc, char** argv) {
  using namespace std::chrono_literals;
  if (argc < 2 || argv[1] == nullptr) {
    std::cerr << usage << page;
    return 2;
  }
  CHECK(argc > 1, "arguments");
  Index<std::string> index;
  auto [position, isNew] = index.try_emplace("mast", std::vector<std::string>{"a", "b"});
  int count = 0;
  auto add = [&, step = 2]<typename T>(T value) mutable noexcept -> decltype(value) { return value + step++ + count; };
  const auto pause = 10ms + 1.5s;
  do {
    switch (int kind = count % 3; kind) {
      case 0:
      case 1: add(kind); [[fallthrough]];
      default: ++count; break;
    }
    if (auto found = index.find("mast"); found != index.end() && not isNew) goto done;
  } while (count < 10);
  try {
    int* values = new int[4]{1, 2, 3, 4};
    delete[] values;
    reinterpret_cast<void (*)(int)>(handler);
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n' << '\'' << '\x41';
  } catch (...) {
    return EXIT_FAILURE;
  }
done:
  for (;;) {
    if (count-- <= 0) break;
    else continue;
  }
  return !(mean({1.0, .5, 2e3}) > 1 and sizeof(Mast) >= sizeof(double)) ? 0 : 1;
}

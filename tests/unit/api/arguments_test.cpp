#include <weir/arguments.hpp>

#include <doctest/doctest.h>

using weir::argument_error;
using weir::arguments;

TEST_CASE("arguments are taken with an equals sign, with a space, or alone as a flag") {
  arguments args{{"--input=a b", "--count", "12", "--verbose"}};
  CHECK(args.required<std::string>("input") == "a b");
  CHECK(args.required<int>("count") == 12);
  CHECK(args.optional("verbose", false));
  CHECK(args.optional("absent", 2.5) == 2.5);
  CHECK_NOTHROW(args.refuse_unknown());
}

TEST_CASE("a missing argument is named") {
  arguments args;
  CHECK_THROWS_WITH_AS((void)args.required<std::string>("output"),
                       "the job needs the argument --output=VALUE", argument_error);
}

TEST_CASE("a value of the wrong form or out of range is refused with its name") {
  arguments args{{"--n=12x", "--small=300", "--flag=maybe", "--ratio=1e"}};
  CHECK_THROWS_WITH_AS((void)args.required<int>("n"), "--n=12x is not an integer", argument_error);
  CHECK_THROWS_WITH_AS((void)args.required<std::uint8_t>("small"), "--small=300 is out of range",
                       argument_error);
  CHECK_THROWS_WITH_AS((void)args.required<bool>("flag"), "--flag=maybe is not true or false",
                       argument_error);
  CHECK_THROWS_WITH_AS((void)args.required<double>("ratio"), "--ratio=1e is not a number", argument_error);
}

TEST_CASE("an argument that nobody looked up is refused with those that are known") {
  arguments args{{"--inptu=x"}};
  (void)args.optional<std::string>("input", "");
  (void)args.optional<std::string>("output", "");
  CHECK_THROWS_WITH_AS(args.refuse_unknown(), "the job has no argument --inptu; it knows --input, --output",
                       argument_error);
}

TEST_CASE("what is no argument, or given twice, is refused") {
  CHECK_THROWS_AS(arguments({"input"}), argument_error);
  CHECK_THROWS_AS(arguments({"--"}), argument_error);
  CHECK_THROWS_AS(arguments({"--a=1", "--a=2"}), argument_error);
}

#!/usr/bin/env python3
"""Shows that the lint rules find what they are for, and nothing else."""

import unittest

import include_rules
import snippets_compile
import words


def findings(path, *text):
    return list(words.check(path, list(enumerate(text, 1))))


class include_rules_test(unittest.TestCase):
    def test_includes_point_down(self):
        self.assertIsNone(include_rules.finding("src/task/task.cpp", '"', "exchange/input_gate.hpp"))
        self.assertIn("may include only", include_rules.finding("src/exchange/input_gate.cpp", '"', "task/task.hpp"))
        self.assertIn("write the path", include_rules.finding("src/task/task.cpp", '"', "task.hpp"))

    def test_a_library_is_seen_by_its_folder_alone(self):
        self.assertIsNone(include_rules.finding("src/actors/master.cpp", "<", "caf/send.hpp"))
        self.assertIsNone(include_rules.finding("tests/unit/actors/master_test.cpp", "<", "caf/send.hpp"))
        for place in ("src/scheduler/job.cpp", "src/rest/router.cpp", "include/weir/stream.hpp", "examples/word_count.cpp"):
            self.assertIn("sees CAF", include_rules.finding(place, "<", "caf/send.hpp"))
        self.assertIn("sees Cap'n Proto", include_rules.finding("src/dataflow/job.cpp", '"', "job.capnp.h"))

    def test_public_headers_see_only_the_system(self):
        self.assertIsNone(include_rules.finding("include/weir/stream.hpp", "<", "vector"))
        self.assertIsNone(include_rules.finding("include/weir/stream.hpp", "<", "weir/detail/batch.hpp"))
        self.assertIn("only <weir/...>", include_rules.finding("include/weir/stream.hpp", '"', "base/ids.hpp"))

    def test_an_unknown_library_is_a_finding(self):
        self.assertIn("no rule", include_rules.finding("src/base/log.cpp", "<", "boost/any.hpp"))


class words_test(unittest.TestCase):
    def test_unfinished_work_is_found(self):
        self.assertEqual(len(findings("src/a/b.cpp", "// TO" + "DO: later", "int stubborn = 0;")), 1)

    def test_time_comes_from_the_platform(self):
        now = "auto begin = std::chrono::steady_clock::now();"
        self.assertEqual(len(findings("src/task/task.cpp", now)), 1)
        self.assertEqual(findings("src/base/system_clock.cpp", now), [])

    def test_a_test_case_asserts(self):
        case = 'TEST_CASE("a rule") {'
        self.assertEqual(len(findings("tests/unit/a/b_test.cpp", case, "}", case, "CHECK(true);", "}")), 1)

    def test_names_say_what_is_inside(self):
        self.assertEqual(len(findings("src/a/string_utils.hpp")), 1)
        self.assertEqual(findings("src/a/utilization.hpp"), [])

    def test_long_files_are_found(self):
        self.assertEqual(findings("src/a/b.cpp", *["x"] * 600), [])
        self.assertEqual(len(findings("src/a/b.cpp", *["x"] * 601)), 1)


class snippets_compile_test(unittest.TestCase):
    def test_blocks_of_a_page_are_programs_in_pieces(self):
        page = ["text", "```cpp", "#include <weir/weir.hpp>", "int a;", "```", "```", "no code", "```",
                "```cpp", "int b;", "```", "```cpp", "#include <weir/weir.hpp>", "```"]
        first, second = snippets_compile.programs("page.md", list(enumerate(page, 1)))
        self.assertEqual(first, '#line 3 "page.md"\n#include <weir/weir.hpp>\nint a;\n#line 10 "page.md"\nint b;\n')
        self.assertEqual(second, '#line 13 "page.md"\n#include <weir/weir.hpp>\n')


if __name__ == "__main__":
    unittest.main()

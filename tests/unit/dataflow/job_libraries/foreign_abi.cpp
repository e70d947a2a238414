[[gnu::section("weir_abi"), gnu::used]] static const char abi[] = "weir-abi 0; g++ 4";
[[gnu::section("weir_job_names"), gnu::used]] static const char name[] = "old";

#include "example_job.hpp"
#include "rest_fixture.hpp"

#include <doctest/doctest.h>

using namespace weir;
using namespace weir::testing;

namespace {

constexpr const char* worker_fields =
    "id:text path:text dataPort:int jmxPort:int timeSinceLastHeartbeat:int slotsNumber:int freeSlots:int "
    "totalResource:object freeResource:object hardware:object memoryConfiguration:object";
constexpr const char* resource_fields =
    "cpuCores:number taskHeapMemory:int taskOffHeapMemory:int managedMemory:int "
    "networkMemory:int extendedResources:object";

} // namespace

TEST_CASE_FIXTURE(rest_fixture, "GET /taskmanagers describes every worker and its resources") {
  cluster.worker_list = example_workers();
  answer got = get("/taskmanagers");
  REQUIRE(got.body["taskmanagers"].size() == 2);
  const auto& worker = got.body["taskmanagers"][0];
  expect_fields(worker, worker_fields);
  expect_fields(worker["totalResource"], resource_fields);
  expect_fields(worker["freeResource"], resource_fields);
  expect_fields(worker["hardware"], "cpuCores:int physicalMemory:int freeMemory:int managedMemory:int");
  expect_fields(
      worker["memoryConfiguration"],
      "frameworkHeap:int taskHeap:int frameworkOffHeap:int taskOffHeap:int networkMemory:int "
      "managedMemory:int jvmMetaspace:int jvmOverhead:int totalFlinkMemory:int totalProcessMemory:int");
  CHECK(worker["slotsNumber"] == 2);
  CHECK(worker["freeSlots"] == 1);
  CHECK(worker["totalResource"]["managedMemory"] == 128);
  CHECK(worker["freeResource"]["managedMemory"] == 64);
  CHECK(worker["totalResource"]["cpuCores"] == 2.0);
}

TEST_CASE_FIXTURE(rest_fixture, "GET /taskmanagers/:id adds its slots and the metrics of its process") {
  cluster.worker_list = example_workers();
  answer got = get("/taskmanagers/10.0.0.2:5001-bbbbbb");
  CHECK(got.status == 200);
  expect_fields(got.body, worker_fields);
  expect_fields(got.body, "allocatedSlots:list metrics:object");
  expect_fields(
      got.body["metrics"],
      "heapUsed:int heapCommitted:int heapMax:int nonHeapUsed:int nonHeapCommitted:int nonHeapMax:int "
      "directCount:int directUsed:int directMax:int mappedCount:int mappedUsed:int mappedMax:int "
      "memorySegmentsAvailable:int memorySegmentsTotal:int nettyShuffleMemorySegmentsAvailable:int "
      "nettyShuffleMemorySegmentsUsed:int nettyShuffleMemorySegmentsTotal:int "
      "nettyShuffleMemoryAvailable:int nettyShuffleMemoryUsed:int nettyShuffleMemoryTotal:int "
      "garbageCollectors:list");
  REQUIRE(got.body["allocatedSlots"].size() == 1);
  expect_fields(got.body["allocatedSlots"][0], "jobId:text resource:object");
  CHECK(got.body["allocatedSlots"][0]["jobId"] == example_id_text);
  CHECK(got.body["slots"].size() == 2);
}

TEST_CASE_FIXTURE(rest_fixture, "an unknown worker is 404") {
  cluster.worker_list = example_workers();
  answer got = get("/taskmanagers/nobody");
  CHECK(got.status == 404);
  CHECK(got.error_text() == "TaskManager nobody not found");
}

# SPDX-License-Identifier: Apache-2.0
"""Brokers of Kafka in this process, librdkafka's mock cluster, whose requests can be made to fail; and
kcat, which reads what they have."""
import ctypes
import ctypes.util
import shutil
import subprocess

PRODUCE = 0 # the number of a request in Kafka's protocol, and of errors
MESSAGE_TOO_LARGE, NOT_LEADER, REQUEST_TIMED_OUT, TOPIC_AUTHORIZATION_FAILED, OUT_OF_ORDER_SEQUENCE = 10, 6, 7, 29, 45


def missing():
    """Why there are none here; "" when there are."""
    if ctypes.util.find_library("rdkafka") is None:
        return "librdkafka is not installed"
    return "" if shutil.which("kcat") else "kcat is not installed"


class Cluster:
    def __init__(self, brokers=3):
        self.library = ctypes.CDLL(ctypes.util.find_library("rdkafka"))
        for name in "rd_kafka_new", "rd_kafka_mock_cluster_new", "rd_kafka_conf_new":
            getattr(self.library, name).restype = ctypes.c_void_p
        self.library.rd_kafka_mock_cluster_bootstraps.restype = ctypes.c_char_p
        conf = self.library.rd_kafka_conf_new()
        self.library.rd_kafka_conf_set_log_cb(ctypes.c_void_p(conf), None)
        self.handle = ctypes.c_void_p(self.library.rd_kafka_new(0, ctypes.c_void_p(conf), None, 0))
        self.cluster = ctypes.c_void_p(self.library.rd_kafka_mock_cluster_new(self.handle, brokers))
        self.brokers = range(1, brokers + 1)
        self.hosts = self.library.rd_kafka_mock_cluster_bootstraps(self.cluster).decode()

    def topic(self, name, partitions=4):
        self.library.rd_kafka_mock_topic_create(self.cluster, name.encode(), partitions, len(self.brokers))

    def fail(self, request, *errors):
        """The next such requests fail like this, each with one of the errors."""
        self.library.rd_kafka_mock_push_request_errors_array(self.cluster, ctypes.c_int16(request), ctypes.c_size_t(len(errors)),
                                                             (ctypes.c_int * len(errors))(*errors))

    def refuse(self, topic, error):
        """All that is sent to a topic fails; 0: no longer."""
        self.library.rd_kafka_mock_topic_set_error(self.cluster, topic.encode(), error)

    def set_up(self, up):
        for broker in self.brokers:
            call = self.library.rd_kafka_mock_broker_set_up if up else self.library.rd_kafka_mock_broker_set_down
            call(self.cluster, ctypes.c_int32(broker))

    def read(self, topic):
        """Key, headers, message of all that a topic has, partition by partition."""
        # sizes come before bytes that may be anything
        done = subprocess.run(["kcat", "-C", "-b", self.hosts, "-t", topic, "-e", "-q", "-X", "log_level=0", "-X", "fetch.wait.max.ms=10", "-f", "%p %K %S\n%h\n%k%s"],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=30, check=True)
        data, letters = done.stdout, []
        while data:
            head, headers, data = data.split(b"\n", 2)
            partition, key, size = map(int, head.split())
            letters.append((partition, data[:key], headers, data[key:key + size]))
            data = data[key + size:]
        return letters

"""The workloads that are measured."""

from collections.abc import Callable
from dataclasses import dataclass

from . import backends
from .generator import Load


@dataclass(frozen=True)
class Workload:
    name: str
    title: str
    load: Load
    backends: Callable = backends.five
    half_rate: bool = False
    idle: bool = False


WORKLOADS = {workload.name: workload for workload in [
    Workload("small64", "54-byte JSON, 64 keep-alive connections", Load()),
    Workload("small1", "54-byte JSON, 1 keep-alive connection", Load(connections=1)),
    Workload("10k", "10 KB, 64 keep-alive connections", Load(path="/files/10k", expect=backends.FILES["10k"])),
    Workload("down1m", "1 MB down, 16 keep-alive connections", Load(connections=16, path="/files/1m", expect=backends.FILES["1m"])),
    Workload("up1m", "1 MB up, 16 keep-alive connections", Load(connections=16, path="/upload", body=backends.FILES["1m"]), backends.sinks),
    Workload("newconn", "54-byte JSON, a new connection for each request, 64 at a time", Load(new_connections=True)),
    Workload("idle4000", "4,000 idle keep-alive connections, each after one request", Load(connections=4000), idle=True),
    Workload("half-rate", "54-byte JSON, 64 keep-alive connections at half of HAProxy's highest rate", Load(), half_rate=True),
    Workload("backends1000", "54-byte JSON, 64 keep-alive connections, 1,000 backends", Load(), backends.thousand),
]}

"""OpenTelemetry traces and metrics of Flask, if it is installed and an endpoint is set."""

import importlib
import logging
import os
import sys
import threading
import time

FLUSH_SECONDS = 2
COMPLAINT_SECONDS = 60


class Switch:
    """Exporting needs threads, which do not survive a fork: call on() in the serving process."""

    def __init__(self, app, name: str) -> None:
        self._app = app
        self._name = name
        self._providers = ()

    def on(self) -> None:
        if not os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT") or os.environ.get("OTEL_SDK_DISABLED", "").lower() == "true":
            return
        try:
            self._providers = _instrument(self._app, self._name)
            _quieten(logging.getLogger("opentelemetry"))
        except ImportError as missing:
            print(f"telemetry is off: {missing.name or missing} is not installed (requirements-otel.txt)", file=sys.stderr)
        except Exception as error:  # invalid settings must not stop the backend
            print(f"telemetry is off: {error}", file=sys.stderr)

    def off(self) -> None:
        """Sends what is left; an unreachable collector does not delay the exit."""
        flushing = [threading.Thread(target=provider.shutdown, daemon=True) for provider in self._providers]
        for thread in flushing:
            thread.start()
        for thread in flushing:
            thread.join(FLUSH_SECONDS / len(flushing))


class Complaint(logging.Handler):
    """Logs one line at intervals: with an unreachable collector, the exporters log a traceback per batch."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._due = 0.0

    def emit(self, record: logging.LogRecord) -> None:
        if time.monotonic() >= self._due:
            self._due = time.monotonic() + COMPLAINT_SECONDS
            print(f"telemetry: {' '.join(record.getMessage().split())[:300]}", file=sys.stderr)


def _quieten(logger: logging.Logger) -> None:
    logger.addHandler(Complaint())
    logger.propagate = False


def _instrument(app, name: str):
    os.environ.setdefault("OTEL_SEMCONV_STABILITY_OPT_IN", "http")  # the stable names: http.request.method, url.path
    from opentelemetry.instrumentation.flask import FlaskInstrumentor
    from opentelemetry.sdk.metrics import MeterProvider
    from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    named = "OTEL_SERVICE_NAME" in os.environ or "service.name=" in os.environ.get("OTEL_RESOURCE_ATTRIBUTES", "")
    resource = Resource.create({} if named else {"service.name": name})
    traces = TracerProvider(resource=resource, shutdown_on_exit=False)
    if _wanted("TRACES"):
        traces.add_span_processor(BatchSpanProcessor(_exporter("TRACES", "trace_exporter").OTLPSpanExporter()))
    readers = []
    if _wanted("METRICS"):
        readers.append(PeriodicExportingMetricReader(_exporter("METRICS", "metric_exporter").OTLPMetricExporter()))
    metrics = MeterProvider(metric_readers=readers, resource=resource, shutdown_on_exit=False)
    FlaskInstrumentor().instrument_app(app, tracer_provider=traces, meter_provider=metrics)
    # It starts the span in a before_request function and adds that last. A fault responds earlier and must have a span too.
    functions = app.before_request_funcs[None]
    functions.insert(0, functions.pop())
    return traces, metrics


def _wanted(signal: str) -> bool:
    return os.environ.get(f"OTEL_{signal}_EXPORTER", "otlp") != "none"


def _exporter(signal: str, module: str):
    """http/protobuf unless the variables request grpc, whose exporter is a separate package."""
    protocol = os.environ.get(f"OTEL_EXPORTER_OTLP_{signal}_PROTOCOL") or os.environ.get("OTEL_EXPORTER_OTLP_PROTOCOL") or "http/protobuf"
    if protocol not in ("http/protobuf", "grpc"):
        raise ValueError(f"OTEL_EXPORTER_OTLP_PROTOCOL is http/protobuf or grpc, not '{protocol}'")
    package = "http" if protocol == "http/protobuf" else "grpc"
    return importlib.import_module(f"opentelemetry.exporter.otlp.proto.{package}.{module}")

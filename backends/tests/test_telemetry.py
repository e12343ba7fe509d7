import http.server
import subprocess
import threading
import time

import pytest
from conftest import PYTHON, WAIT, clean_environment

TRACE_ID, PARENT_ID = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
NOWHERE = "http://127.0.0.1:1"
PACKAGES = ("opentelemetry.instrumentation.flask", "opentelemetry.exporter.otlp.proto.http.trace_exporter")

# Fakes of the OpenTelemetry parts in use, so that switching can be tested without the packages.
STAND_IN = {
    "instrumentation/flask.py": """
class FlaskInstrumentor:
    def instrument_app(self, app, tracer_provider, meter_provider):
        app.before_request(lambda: print("span began", tracer_provider.resource, flush=True))
""",
    "sdk/resources.py": "class Resource:\n    create = staticmethod(lambda attributes: attributes)\n",
    "sdk/trace/__init__.py": """
import os, time
class TracerProvider:
    def __init__(self, resource, shutdown_on_exit):
        self.resource = resource
    def add_span_processor(self, processor):
        pass
    def shutdown(self):
        time.sleep(int(os.environ.get("SHUTDOWN_TAKES", "0")))
""",
    "sdk/trace/export.py": "BatchSpanProcessor = lambda exporter: exporter\n",
    "sdk/metrics/__init__.py": "from opentelemetry.sdk.trace import TracerProvider\n"
                               "MeterProvider = lambda metric_readers, resource, shutdown_on_exit: TracerProvider(resource, shutdown_on_exit)\n",
    "sdk/metrics/export.py": "PeriodicExportingMetricReader = lambda exporter: exporter\n",
    "exporter/otlp/proto/http/trace_exporter.py": "OTLPSpanExporter = object\n",
    "exporter/otlp/proto/http/metric_exporter.py": "OTLPMetricExporter = object\n",
}


@pytest.fixture
def stand_in(tmp_path):
    for name, text in STAND_IN.items():
        file = tmp_path / "opentelemetry" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return str(tmp_path)


@pytest.fixture
def missing(tmp_path):
    (tmp_path / "opentelemetry.py").write_text("raise ModuleNotFoundError('No module', name='opentelemetry')\n")
    return str(tmp_path)


def test_nothing_without_an_endpoint(start_werkzeug, missing):
    backend = start_werkzeug("--quiet", PYTHONPATH=missing)
    backend.get("/")
    assert backend.end() == (0, "", "")


def test_packages_missing_is_one_line_and_serves(start_werkzeug, missing):
    backend = start_werkzeug("--quiet", PYTHONPATH=missing, OTEL_EXPORTER_OTLP_ENDPOINT=NOWHERE)
    assert backend.get("/").status == 200
    assert backend.end() == (0, "", "telemetry is off: opentelemetry is not installed (requirements-otel.txt)\n")


def test_sdk_disabled_is_off(start_werkzeug, stand_in):
    backend = start_werkzeug("--quiet", PYTHONPATH=stand_in, OTEL_EXPORTER_OTLP_ENDPOINT=NOWHERE, OTEL_SDK_DISABLED="true")
    backend.get("/")
    assert backend.end() == (0, "", "")


def test_unknown_protocol_is_one_line_and_serves(start_werkzeug, stand_in):
    backend = start_werkzeug("--quiet", PYTHONPATH=stand_in, OTEL_EXPORTER_OTLP_ENDPOINT=NOWHERE, OTEL_EXPORTER_OTLP_PROTOCOL="carrier-pigeon")
    assert backend.get("/").status == 200
    assert backend.end()[2] == "telemetry is off: OTEL_EXPORTER_OTLP_PROTOCOL is http/protobuf or grpc, not 'carrier-pigeon'\n"


def test_a_span_begins_before_a_fault_answers_and_a_flush_that_hangs_is_left(start, stand_in):
    backend = start("--quiet", PYTHONPATH=stand_in, OTEL_EXPORTER_OTLP_ENDPOINT=NOWHERE, SHUTDOWN_TAKES="600")
    backend.json("POST", "/fault", {"errorRate": 1})
    assert backend.get("/").status == 503
    assert backend.end() == (0, "span began {'service.name': 'server-1'}\n" * 2, "")


@pytest.mark.parametrize("variable, value", [("OTEL_SERVICE_NAME", "other"), ("OTEL_RESOURCE_ATTRIBUTES", "a=b,service.name=other")])
def test_service_name_of_the_environment_wins(start_werkzeug, stand_in, variable, value):
    backend = start_werkzeug("--quiet", PYTHONPATH=stand_in, OTEL_EXPORTER_OTLP_ENDPOINT=NOWHERE, **{variable: value})
    backend.get("/")
    assert backend.end()[1] == "span began {}\n"  # the SDK reads the variables


class Receiver(http.server.ThreadingHTTPServer):
    def __init__(self):
        super().__init__(("127.0.0.1", 0), ReceiverHandler)
        self.received = []
        self.arrived = threading.Condition()


class ReceiverHandler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        with self.server.arrived:
            self.server.received.append((self.path, body))
            self.server.arrived.notify_all()
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture
def really_installed():
    check = subprocess.run([PYTHON, "-c", f"import {', '.join(PACKAGES)}"], env=clean_environment(), capture_output=True, timeout=WAIT)
    if check.returncode:
        pytest.skip(f"the packages of requirements-otel.txt are not installed for {PYTHON}")


def test_exports_traces_and_metrics(start, really_installed):
    receiver = Receiver()
    threading.Thread(target=receiver.serve_forever, daemon=True).start()
    try:
        backend = start("--quiet", OTEL_EXPORTER_OTLP_ENDPOINT=f"http://127.0.0.1:{receiver.server_port}")
        backend.get("/echo", traceparent=f"00-{TRACE_ID}-{PARENT_ID}-01")
        assert backend.end()[0] == 0  # exiting flushes
    finally:
        receiver.shutdown()
        receiver.server_close()
    spans = b"".join(body for path, body in receiver.received if path == "/v1/traces")
    metrics = b"".join(body for path, body in receiver.received if path == "/v1/metrics")
    assert bytes.fromhex(TRACE_ID) in spans and bytes.fromhex(PARENT_ID) in spans
    assert b"server-1" in spans and b"GET /echo" in spans
    assert b"http.server.request.duration" in metrics and b"server-1" in metrics


def test_collector_that_is_away_disturbs_nothing(start, really_installed):
    backend = start("--quiet", OTEL_EXPORTER_OTLP_ENDPOINT=NOWHERE, OTEL_BSP_SCHEDULE_DELAY="50", OTEL_METRIC_EXPORT_INTERVAL="50")
    for _ in range(20):
        assert backend.get("/").status == 200
    started = time.monotonic()
    code, output, errors = backend.end()
    assert (code, output) == (0, "") and time.monotonic() - started < 10
    assert len(errors.splitlines()) <= 1

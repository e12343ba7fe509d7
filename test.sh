#!/bin/sh
# Builds once, without a warning, and runs every test: .NET (unit, end to end, AppHost), documents, Python, containers.
#   ./test.sh                      everything
#   ./test.sh backends containers  only the suites named
#   ./test.sh --native             besides, the end-to-end tests against the program compiled to machine code
# Needs the .NET SDK 10 and a Python with Flask and pytest; the containers' suite also needs docker or podman.
cd "$(dirname "$0")" || exit 2
for python in "${PYTHON:-python3}" python3 /usr/bin/python3 python; do
  "$python" -c 'import sys; sys.exit(sys.version_info < (3, 9))' 2>/dev/null && exec "$python" -m eng.test "$@"
done
echo 'Python 3.9 or newer is needed: the backends are Flask, and the results are read by it.' >&2
exit 2

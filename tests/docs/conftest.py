import sys
from pathlib import Path

# The checks are modules of eng/, which is no installed package.
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

"""The documentation site: `make docs`, or any Sphinx with MyST and furo."""

import logging
import sys
from pathlib import Path

from arengo_core import __version__

sys.path.insert(0, str(Path(__file__).parent / "extensions"))

logging.getLogger("alembic").setLevel(logging.WARNING)

project = "Arengo"
author = "The Arengo maintainers"
copyright = "2026, the Arengo maintainers; EUPL-1.2"
release = version = __version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "generated"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["_build", "examples", "pictures"]
myst_enable_extensions = ["deflist", "colon_fence"]
myst_heading_anchors = 3
add_module_names = False
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
python_use_unqualified_type_names = True

html_theme = "furo"
html_title = f"Arengo {__version__}"
html_show_sphinx = False

"""`python -m readerai.smoke`."""

import sys

from readerai.smoke.command import main

sys.exit(main())

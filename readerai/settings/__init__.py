"""Every setting of ReaderAI by subject: one typed reader per variable, each with its unit and default.

The variables are documented for operators in docs/operations.md; a test holds the two
pages together.
"""

from readerai.settings.admin import *
from readerai.settings.apps import *
from readerai.settings.files import *
from readerai.settings.jobs import *
from readerai.settings.keeping import *
from readerai.settings.live import *
from readerai.settings.logs import *
from readerai.settings.mail import *
from readerai.settings.server import *
from readerai.settings.sign_in import *
from readerai.settings.stores import *
from readerai.settings.tutor import *

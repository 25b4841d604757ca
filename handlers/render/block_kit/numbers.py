"""Slack's limits as named numbers, each with its source.

Read 2026-11-23. Sources: [D] docs.slack.dev/reference (blocks, block-elements,
composition-objects, views, methods), stored copies of mid-2026; [S] the installed
slack_sdk 3.47 models; [I] measured by users in issues of slackapi/bolt-js; [T] a third
party, not stated by Slack. Where sources differ the smaller number stands. A length is
in characters (Unicode code points) unless the name says bytes.
"""

from typing import Final

# Messages and views
MESSAGE_BLOCKS: Final = 50  # [D]
VIEW_BLOCKS: Final = 100  # [D]
# `text` beside blocks is what notifications and screen readers get; Slack advises
# 4,000 and truncates at 40,000 [D].
MESSAGE_TEXT: Final = 4_000
# Undocumented. Slack answers msg_blocks_too_long from about 13.2k characters (April
# 2025), and once did for 11.3k (April 2026) [I]; the budget stays below both.
MESSAGE_BYTES: Final = 9_000
MARKDOWN_TEXT: Final = 12_000  # [D] cumulative for a message
VIEW_BYTES: Final = 250_000  # [T] Slack names the error view_too_large, not the number
VIEW_TITLE: Final = 24  # [D] also submit and close
PRIVATE_METADATA: Final = 3_000  # [D]
# [D] block_id, action_id, callback_id, external_id; taken for every other id and name
# too, of which Slack says no limit and shows none that comes near.
IDENTIFIER: Final = 255

# Text and composition objects
TEXT: Final = 3_000  # [D] any text object that states no smaller limit
CONFIRM_TITLE: Final = 100  # [D]
CONFIRM_TEXT: Final = 300  # [D]
CONFIRM_BUTTON: Final = 30  # [D]
OPTION_TEXT: Final = 75  # [D] also an option's description and a group's label
OPTION_VALUE: Final = 150  # [D]
OPTIONS: Final = 100  # [D] also groups, and options in a group
PLACEHOLDER: Final = 150  # [D]
URL: Final = 3_000  # [D]

# Blocks
HEADER: Final = 150  # [D]
SECTION_TEXT: Final = 3_000  # [D]
SECTION_FIELDS: Final = 10  # [D]
FIELD_TEXT: Final = 2_000  # [D]
CONTEXT_ELEMENTS: Final = 10  # [D]
ACTIONS_ELEMENTS: Final = 25  # [D]
INPUT_TEXT: Final = 2_000  # [D] label and hint
IMAGE_TEXT: Final = 2_000  # [D] alt_text and title
TABLE_ROWS: Final = 100  # [D]
TABLE_COLUMNS: Final = 20  # [D]
TABLE_TEXT: Final = 10_000  # [T]
PLAN_TASKS: Final = 50  # [T]
ALERT_TEXT: Final = 200  # [D]
VIDEO_TITLE: Final = 199  # [D] "must be less than 200"
VIDEO_DESCRIPTION: Final = 199  # [D] as above
VIDEO_AUTHOR: Final = 49  # [D] "must be less than 50"
LIST_INDENT: Final = 8  # [T]

# Elements
BUTTON_TEXT: Final = 75  # [D]
BUTTON_VALUE: Final = 2_000  # [D]
ACCESSIBILITY_LABEL: Final = 75  # [D]
CHOICES: Final = 10  # [S] radio_buttons and checkboxes
OVERFLOW_OPTIONS: Final = 5  # [D]
TYPED_TEXT: Final = 3_000  # [D] what a person can type into plain_text_input
UPLOADED_FILES: Final = 10  # [D]

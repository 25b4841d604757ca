"""The commands of `triage` that need neither Slack nor the rehearsal, one a module."""

from bot.cli.shape import Listed

COMMANDS: tuple[Listed, ...] = (
    Listed(
        "bundle",
        "bot.cli.bundle",
        "read files from a device, confined, and rank the runbooks by what they say",
    ),
    Listed(
        "check",
        "bot.cli.check",
        "check something that is no incident: a backup",
    ),
    Listed(
        "coverage",
        "bot.cli.coverage",
        "show what carries each line of the operations runbooks",
    ),
    Listed(
        "diagnostics",
        "bot.cli.diagnostics",
        "tell the secret with which a room's devices post their diagnostics",
    ),
    Listed(
        "erase",
        "bot.cli.erase",
        "erase the words of an event while the bot is stopped (else: /triage erase)",
    ),
    Listed(
        "import",
        "bot.cli.imports",
        "list the runbooks and steps that a folder of Markdown pages holds",
    ),
    Listed(
        "lint",
        "bot.cli.lint",
        "read all runbook pages and say what is wrong",
    ),
    Listed(
        "logs",
        "bot.cli.logs",
        "say what a log of the app tells: counts, signals, kind of build",
    ),
    Listed(
        "packets",
        "bot.cli.packets",
        "verify captured packets and say what they tell",
    ),
    Listed(
        "policy",
        "bot.cli.policy",
        "read a policy file and say what is wrong with it, or who may do what",
    ),
    Listed(
        "rotate-keys",
        "bot.cli.rotate_keys",
        "seal the database's content with the first data key, and say which may go",
    ),
    Listed(
        "schema",
        "bot.cli.schema",
        "print the JSON Schema of a command's --json document, or of a form",
    ),
    Listed(
        "templates",
        "bot.cli.templates",
        "compare what a checkout of the app logs with the classifier's table",
    ),
    Listed(
        "verify",
        "bot.cli.verify",
        "check the trail of an exported incident with the public key",
    ),
)

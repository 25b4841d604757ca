"""Pure knowledge of the Cohrtz app: tokens, answers, sessions, history, clocks."""

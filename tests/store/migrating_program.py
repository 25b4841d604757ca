"""Applies two steps to the database named first; "stuck" stops within the second."""

import sqlite3
import sys
import time

from bot.store.migrate import Migration, migrate

FIRST = Migration(1, ("CREATE TABLE one (a)", "INSERT INTO one VALUES (1)"))
SECOND = Migration(2, ("CREATE TABLE two (a)", "INSERT INTO one VALUES (2)"))
STUCK = Migration(2, (*SECOND.statements, "SELECT stop()"))


def stop() -> None:
    sys.stdout.write("within the second step\n")
    sys.stdout.flush()
    time.sleep(30)


def main() -> None:
    path, how = sys.argv[1:]
    connection = sqlite3.connect(path, timeout=20, isolation_level=None)
    connection.create_function("stop", 0, stop)
    migrate((FIRST, STUCK if how == "stuck" else SECOND), connection)
    connection.close()


main()

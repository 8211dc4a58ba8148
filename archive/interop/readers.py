"""Asks an archive.db the documented questions with three programs that share no code with ours, and compares the answers:
the sqlite3 shell, Python's own sqlite3 and sqlite-utils. The questions are all views, and the recipes of table about
that are SQL; what the search recipe finds is compared with a scan of the texts, and with campusnews search.

usage: readers.py CAMPUSNEWS ARCHIVE..., with the Python that sqlite-utils runs on    status: 0 no complaint, 1 complaints
"""
import json
import re
import sqlite3
import subprocess
import sys

import sqlite_utils

ABSENT = "鼛鼜鼝"


def in_python(path, sql, params):
    db = sqlite3.connect("file:" + path + "?mode=ro", uri=True)
    cursor = db.execute(sql, params)
    names = [column[0] for column in cursor.description]
    rows = [dict(zip(names, row)) for row in cursor]
    db.close()
    return rows


def in_sqlite_utils(path, sql, params):
    return list(sqlite_utils.Database(path).query(sql, params))


def in_shell(path, questions):
    """The answers to all questions from one shell, in their order."""
    script = ".bail on\n.mode json\n.parameter init\n"
    for _, sql, params in questions:
        for name, value in params.items():
            script += ".parameter set :%s \"'%s'\"\n" % (name, value)
        script += sql + "\n;\n.print\n.print --\n"
    answers = ("\n" + run(["sqlite3", path], script)).split("\n--\n")  # within JSON no line end stands as itself
    return [json.loads(answer or "[]") for answer in answers[:len(questions)]]


def run(command, text=None):
    done = subprocess.run(command, input=text, capture_output=True, encoding="utf-8")
    if done.returncode:
        raise RuntimeError("%s: %s" % (command[0], done.stderr.strip()))
    return done.stdout


def alike(rows):
    """Rows in an order of their own: a view promises none, a recipe none among articles of a day."""
    return sorted(json.dumps({k: round(v, 9) if isinstance(v, float) else v for k, v in row.items()}, ensure_ascii=False) for row in rows)


def terms(texts):
    """Terms to search for: of one, two and more characters, mixed with digits and letters, across a mark, and one that is nowhere."""
    found = [ABSENT]
    for kind in (r"[㐀-鿿]", r"[㐀-鿿]{2}", r"[㐀-鿿]{5}", r"[0-9]{2,4}[年月日]", r"[㐀-鿿][0-9]+[㐀-鿿]", r"[A-Za-z]+[㐀-鿿]", r"[㐀-鿿]{2}，[㐀-鿿]{2}"):
        count = {}
        for text in texts:
            for term in set(re.findall(kind, text)):
                count[term] = count.get(term, 0) + 1
        by_count = sorted(count, key=lambda term: (-count[term], term))
        found += by_count[:1] + by_count[len(by_count) // 2:][:1] + by_count[-1:]
    return sorted(set(found))


def check(program, archive, complain):
    path = archive + "/archive.db"
    articles = in_python(path, "SELECT id, coalesce(title, '') AS title, coalesce(subtitle, '') AS subtitle, body FROM articles", {})
    questions = [(row["name"], "SELECT * FROM " + row["name"], {}) for row in in_python(path, "SELECT name FROM sqlite_master WHERE type = 'view' ORDER BY name", {})]
    views = len(questions)
    words = terms([a["title"] + "\n" + a["body"] for a in articles])
    recipes = {row["topic"]: row["text"].rstrip().rstrip(";") for row in in_python(path, "SELECT topic, text FROM about WHERE text LIKE '-- %' OR text LIKE '/* %'", {})}
    for topic, sql in recipes.items():
        if ":q" in sql:
            questions += [(topic + " " + word, sql, {"q": word}) for word in words]
        elif ":t" in sql:
            seen = in_python(path, "SELECT min(seen) AS a, max(seen) AS b FROM revisions", {})[0]
            questions += [(topic + " " + t, sql, {"t": t}) for t in (seen["a"], seen["b"], "2000-01-01T00:00:00.000Z")]
        else:
            complain("%s: recipe %s: no parameter that this script knows" % (path, topic))
    if views < 10 or "search" not in recipes or not articles or len(words) < 4:
        complain("%s: %d views, %d recipes, %d articles, %d terms: too few to say anything" % (path, views, len(recipes), len(articles), len(words)))
    hits = rows = 0
    for (name, sql, params), shell in zip(questions, in_shell(path, questions), strict=True):
        want = in_python(path, sql, params)
        rows += len(want)
        for reader, got in (("sqlite3", shell), ("sqlite-utils", in_sqlite_utils(path, sql, params))):
            if alike(got) != alike(want):
                complain("%s: %s: %s has %d rows, Python %d, or others" % (path, name, reader, len(got), len(want)))
        if sql != recipes.get("search"):
            continue
        word = params["q"]
        ids = sorted(row["id"] for row in want)
        hits += len(ids)
        scan = {a["id"] for a in articles if any(word in a[field] for field in ("title", "subtitle", "body"))}
        if not re.search(r"[0-9A-Za-z]", word) and not scan <= set(ids):  # letters and digits are found as whole words
            complain("%s: %s: found %s, a scan %s" % (path, name, ids, sorted(scan)))
        ours = sorted(json.loads(line)["id"] for line in run([program, "search", '"' + word + '"', "--archive", archive, "--json", "--limit", "100000"]).splitlines())
        if ids != ours:
            complain("%s: %s: campusnews search found %s, the recipe %s" % (path, name, ours, ids))
    flat = "SELECT * FROM articles_flat ORDER BY id"
    if json.loads(run(["sqlite-utils", "query", path, flat])) != in_python(path, flat, {}):
        complain("%s: sqlite-utils on the command line reads articles_flat in another way than Python" % path)
    if hits == 0:
        complain("%s: the search recipe found nothing for any of %s" % (path, words))
    print("%s: %d views, recipes %s, %d questions, %d rows" % (path, views, ", ".join(sorted(recipes)), len(questions), rows))


def main():
    complaints = []

    def complain(text):
        complaints.append(text)
        print(text[:600], file=sys.stderr)

    program, archives = sys.argv[1], sys.argv[2:]
    for archive in archives:
        check(program, archive, complain)
    shell = run(["sqlite3", "--version"]).split()[0]
    print("sqlite3 shell %s, Python %s with SQLite %s, %s: %d complaints" % (
        shell, sys.version.split()[0], sqlite3.sqlite_version, run(["sqlite-utils", "--version"]).strip(), len(complaints)))
    return 1 if complaints or not archives else 0


if __name__ == "__main__":
    sys.exit(main())

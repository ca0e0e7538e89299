"""The samples of docs/webhooks.md verify what the platform signs. Each runs where its interpreter is there."""

import json
import re
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from messaging.webhooks.signing import signatures

DOCUMENT = Path(__file__).parents[2] / "docs" / "webhooks.md"
SECRET = "whsec_" + "s" * 43
BODY = '{"text":"¡Olé! 🙂"}'.encode()

PYTHON = """
import json, sys
from verify import verify
print(json.dumps([verify(s, h, b.encode()) for s, h, b in json.load(sys.stdin)]))
"""
NODE = """
const { verify } = require("./verify.js");
const cases = JSON.parse(require("fs").readFileSync(0, "utf8"));
const lower = (headers) => Object.fromEntries(Object.entries(headers).map(([k, v]) => [k.toLowerCase(), v]));
console.log(JSON.stringify(cases.map(([s, h, b]) => verify(s, lower(h), Buffer.from(b)))));
"""
PHP = """<?php
require 'verify.php';
$cases = json_decode(file_get_contents('php://stdin'), true);
echo json_encode(array_map(fn($c) => verify($c[0], $c[1], $c[2]), $cases));
"""
GO = """
package webhook

import ("encoding/json"; "net/http"; "os"; "testing")

func TestIt(t *testing.T) {
	var cases [][3]json.RawMessage
	data, _ := os.ReadFile("cases.json")
	json.Unmarshal(data, &cases)
	results := []bool{}
	for _, each := range cases {
		var secret, body string
		var given map[string]string
		json.Unmarshal(each[0], &secret)
		json.Unmarshal(each[1], &given)
		json.Unmarshal(each[2], &body)
		headers := http.Header{}
		for name, value := range given { headers.Set(name, value) }
		results = append(results, Verify(secret, headers, []byte(body)))
	}
	out, _ := json.Marshal(results)
	os.WriteFile("results.json", out, 0o600)
}
"""
RUNS = {
    "verify.py": ("python3", "run.py", PYTHON),
    "verify.js": ("node", "run.js", NODE),
    "verify.php": ("php", "run.php", PHP),
    "verify.go": ("go", "verify_test.go", GO),
}


def headers(secrets: list[str], at: int) -> dict[str, str]:
    signed = signatures(BODY, at, [secret.encode() for secret in secrets])
    return {"X-Webhook-Timestamp": str(at), **signed}


@pytest.mark.parametrize("name", RUNS)
def test_a_sample_accepts_what_is_right_and_nothing_else(name: str, tmp_path: Path) -> None:
    program, runner, text = RUNS[name]
    sample = re.search(rf"<!-- sample: {re.escape(name)} -->\n```\w+\n(.*?)```", DOCUMENT.read_text(), re.S)
    assert sample, f"docs/webhooks.md has no sample {name}"
    if not shutil.which(program):
        pytest.skip(f"{program} is not installed here")
    (tmp_path / name).write_text(sample[1])
    (tmp_path / runner).write_text(text)
    now, body = int(time.time()), BODY.decode()
    cases = [
        (SECRET, headers([SECRET], now), body),
        (SECRET, headers(["whsec_new", SECRET], now), body),
        (SECRET, headers(["whsec_other"], now), body),
        (SECRET, headers([SECRET], now), body + " "),
        (SECRET, headers([SECRET], now - 400), body),
        (SECRET, {**headers([SECRET], now - 20), "X-Webhook-Timestamp": str(now)}, body),
    ]
    (tmp_path / "cases.json").write_text(json.dumps(cases))
    (tmp_path / "go.mod").write_text("module webhook\n\ngo 1.18\n")
    command = ["go", "test", "./..."] if program == "go" else [program, runner]
    finished = subprocess.run(
        command, cwd=tmp_path, input=json.dumps(cases), capture_output=True, text=True, timeout=250, check=False
    )
    assert finished.returncode == 0, finished.stderr
    answer = (tmp_path / "results.json").read_text() if program == "go" else finished.stdout
    assert json.loads(answer) == [True, True, False, False, False, False]

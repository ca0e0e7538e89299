# What the guide's commands mean in a test: the machine itself stays as it is (tests/production/guide.py).
useradd() { :; }
apt-get() { :; }
git() { [ "$1" != clone ] || { [ -d "$3" ] || command git clone -q "$REPOSITORY" "$3"; }; }
python3() { PYTHONNOUSERSITE=1 "$BASE_PYTHON" "$@"; }
sudo() { shift 3; "$@"; } # -E -u whatsapp
certbot() { [ "$1" != certonly ] || "$TEST_PYTHON" -c 'import os, pathlib, sys
sys.path.insert(0, os.environ["REPOSITORY"])
from tests.deploy.authority import certificates
folder = pathlib.Path(os.environ["CERTIFICATE"]).parent
folder.mkdir(parents=True, exist_ok=True)
certificates(folder)'; }
nginx() { "$NGINX" -p "$ROOT/etc/nginx" -e "$ROOT/var/log/nginx-error.log" -c nginx.conf "$@"; }
install() { # without the group, which only root could give
  local words=()
  while [ $# -gt 0 ]; do
    if [ "$1" = -g ]; then shift 2; else words+=("$1"); shift; fi
  done
  command install "${words[@]}"
}
systemctl() {
  local answer
  printf '%s\n' "$*" >&"$ASK"
  read -r answer <&"$TOLD"
  [ "$answer" = ok ] || { echo "systemctl $*: $answer" >&2; return 1; }
}

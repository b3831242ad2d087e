#!/usr/bin/env bash
# Puts a CPU-only libtorch into third_party/libtorch, where .cargo/config.toml points cargo.
# Everything comes from PyPI through pip: the torch wheel, of which only the CPU half is kept.
# Set LIBTORCH to use a libtorch of your own instead; then this script has nothing to do.
#
# --cuda (Linux): keeps the CUDA half as well, fetches the CUDA libraries that the wheel names, and
# puts all of it into third_party/libtorch-cuda, beside the other. It says how to build with it.
set -euo pipefail
cd "$(dirname "$0")/.."

TORCH=2.13.0     # what the torch-sys in Cargo.lock is written for
CUPTI=13.0.85    # two small CUDA libraries that the wheel's libtorch_cpu.so names
CUDART=13.0.96   # among its dependencies; they do nothing without a GPU
DEST=third_party/libtorch
CUDA=

case "$*" in
  "") ;;
  --cuda) CUDA=yes; DEST=third_party/libtorch-cuda ;;
  *) echo "usage: scripts/libtorch.sh [--cuda]" >&2; exit 2 ;;
esac
if [ "$CUDA" ] && [ "$(uname -s)" != Linux ]; then
  echo "--cuda: wheels with CUDA are for Linux only." >&2; exit 4
fi
how="build with it: LIBTORCH=\$PWD/$DEST cargo build --release"

if [ -z "$CUDA" ] && [ -n "${LIBTORCH:-}" ]; then
  [ -d "$LIBTORCH/lib" ] || { echo "LIBTORCH=$LIBTORCH has no lib/ folder: unset it, or point it at a libtorch $TORCH." >&2; exit 4; }
  echo "using the libtorch that LIBTORCH names: $LIBTORCH"; exit 0
fi
case "$(cat "$DEST/build-version" 2>/dev/null)" in
  "$TORCH") echo "libtorch $TORCH is already in $DEST"; exit 0 ;;
  "$TORCH+cu"*) echo "libtorch $TORCH with CUDA is already in $DEST; $how"; exit 0 ;;
esac
python3 -m pip --version >/dev/null 2>&1 || {
  echo "python3 with pip is needed to fetch libtorch (Debian, Ubuntu: apt-get install python3-pip)." >&2; exit 4; }

mkdir -p "$(dirname "$DEST")"
tmp=$(mktemp -d "$DEST.XXXXXX")          # on DEST's disk: the last step is a rename
trap 'rm -rf "$tmp"' EXIT
# one fixed Python version, so that the same wheel is taken whatever python3 is here
fetch() {
  python3 -m pip download --quiet --disable-pip-version-check --only-binary :all: \
    --implementation cp --python-version 3.12 --abi cp312 --abi none -d "$tmp/wheels" "$@"
}
VERSION=$TORCH
if [ "$CUDA" ]; then
  echo "fetching libtorch $TORCH with CUDA (about 2.5 GB; 3.4 GB are kept) ..."
  fetch --no-deps "torch==$TORCH"
  # the wheel names the CUDA libraries that it was built for; what those need comes with them
  python3 - "$tmp" > "$tmp/requirements" <<'PY'
import glob, re, sys, zipfile
[wheel] = glob.glob(sys.argv[1] + "/wheels/torch-*.whl")
with zipfile.ZipFile(wheel) as z:
    metadata = next(m for m in z.namelist() if m.endswith(".dist-info/METADATA"))
    for line in z.read(metadata).decode().splitlines():
        found = re.match(r"Requires-Dist: ((?:nvidia-|cuda-toolkit)[^;]*)", line)
        if found:
            print(found[1].strip())
PY
  fetch -r "$tmp/requirements"
  VERSION=$TORCH+cu$(sed -n 's/^cuda-toolkit.*==\([0-9]*\)\.\([0-9]*\).*/\1\2/p' "$tmp/requirements")
else
  want=("torch==$TORCH")
  if [ "$(uname -s)" = Linux ]; then
    want+=("nvidia-cuda-cupti==$CUPTI" "nvidia-cuda-runtime==$CUDART")
  fi
  echo "fetching libtorch $TORCH (about 540 MB; 490 MB are kept) ..."
  fetch --no-deps "${want[@]}"
fi

python3 - "$tmp" "$CUDA" <<'PY'
import glob, os, re, shutil, sys, zipfile
tmp, cuda = sys.argv[1:]
out = os.path.join(tmp, "libtorch")
os.makedirs(out + "/lib")
# what only Python loads; without --cuda also the other half
skip = r"python|libshm|global_deps|aoti_custom"
skip = re.compile(skip if cuda else skip + r"|cuda|nvshmem|nvrtc")
# of CUDA's libraries, tools and second interfaces that libtorch does not load
tools = re.compile(r"nvblas|cufftw|cusolverMg|nvperf|checkpoint|pcsampling|\.alt\.|rdma|nvshmem_(boot|trans)")
for wheel in glob.glob(tmp + "/wheels/*.whl"):
    with zipfile.ZipFile(wheel) as z:
        for m in z.infolist():
            name, base = m.filename, os.path.basename(m.filename)
            if name.startswith("torch/include/") and base:
                dest = os.path.join(out, name[len("torch/"):])
            elif re.match(r"(torch/lib|torch\.libs|torch/\.dylibs)/[^/]+$", name) and not skip.search(base):
                dest = os.path.join(out, "lib", base)
            elif re.match(r"lib(cupti|cudart)\.so", base):
                dest = os.path.join(out, "lib", base)
            elif cuda and re.match(r"nvidia/.+\.so", name) and not tools.search(base):
                dest = os.path.join(out, "lib", base)
            else:
                continue
            os.makedirs(os.path.dirname(dest), exist_ok=True)
            with z.open(m) as src, open(dest, "wb") as dst:
                shutil.copyfileobj(src, dst, 1 << 20)
PY
if [ -z "$CUDA" ] && [ "$(uname -s)" = Linux ]; then
  # the wheel's libtorch.so only pulls in libtorch_cpu and libtorch_cuda; this one leaves CUDA out
  echo 'INPUT(libtorch_cpu.so)' > "$tmp/libtorch/lib/libtorch.so"
fi
echo "$VERSION" > "$tmp/libtorch/build-version"
rm -rf "$DEST"
mv "$tmp/libtorch" "$DEST"
echo "libtorch $VERSION is in $DEST: $(du -sh "$DEST" | cut -f1)"
if [ "$CUDA" ]; then echo "$how"; fi

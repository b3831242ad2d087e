#!/usr/bin/env bash
# Puts a CPU-only libtorch into third_party/libtorch, where .cargo/config.toml points cargo.
# Everything comes from PyPI through pip: the torch wheel, of which only the CPU half is kept.
# Set LIBTORCH to use a libtorch of your own instead; then this script has nothing to do.
set -euo pipefail
cd "$(dirname "$0")/.."

TORCH=2.13.0     # what the torch-sys in Cargo.lock is written for
CUPTI=13.0.85    # two small CUDA libraries that the wheel's libtorch_cpu.so names
CUDART=13.0.96   # among its dependencies; they do nothing without a GPU
DEST=third_party/libtorch

if [ -n "${LIBTORCH:-}" ]; then
  [ -d "$LIBTORCH/lib" ] || { echo "LIBTORCH=$LIBTORCH has no lib/ folder: unset it, or point it at a libtorch $TORCH." >&2; exit 4; }
  echo "using the libtorch that LIBTORCH names: $LIBTORCH"; exit 0
fi
if [ "$(cat "$DEST/build-version" 2>/dev/null)" = "$TORCH" ]; then
  echo "libtorch $TORCH is already in $DEST"; exit 0
fi
python3 -m pip --version >/dev/null 2>&1 || {
  echo "python3 with pip is needed to fetch libtorch (Debian, Ubuntu: apt-get install python3-pip)." >&2; exit 4; }

mkdir -p "$(dirname "$DEST")"
tmp=$(mktemp -d "$DEST.XXXXXX")          # on DEST's disk: the last step is a rename
trap 'rm -rf "$tmp"' EXIT
want=("torch==$TORCH")
if [ "$(uname -s)" = Linux ]; then
  want+=("nvidia-cuda-cupti==$CUPTI" "nvidia-cuda-runtime==$CUDART")
fi
echo "fetching libtorch $TORCH (about 540 MB; 490 MB are kept) ..."
# one fixed Python version, so that the same wheel is taken whatever python3 is here
python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary :all: \
  --implementation cp --python-version 3.12 --abi cp312 --abi none -d "$tmp/wheels" "${want[@]}"

python3 - "$tmp" <<'PY'
import glob, os, re, shutil, sys, zipfile
tmp = sys.argv[1]
out = os.path.join(tmp, "libtorch")
os.makedirs(out + "/lib")
skip = re.compile(r"cuda|python|nvshmem|nvrtc|shm|global_deps|aoti_custom")
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
            else:
                continue
            os.makedirs(os.path.dirname(dest), exist_ok=True)
            with z.open(m) as src, open(dest, "wb") as dst:
                shutil.copyfileobj(src, dst, 1 << 20)
PY
if [ "$(uname -s)" = Linux ]; then
  # the wheel's libtorch.so only pulls in libtorch_cpu and libtorch_cuda; this one leaves CUDA out
  echo 'INPUT(libtorch_cpu.so)' > "$tmp/libtorch/lib/libtorch.so"
fi
echo "$TORCH" > "$tmp/libtorch/build-version"
rm -rf "$DEST"
mv "$tmp/libtorch" "$DEST"
echo "libtorch $TORCH (CPU) is in $DEST: $(du -sh "$DEST" | cut -f1)"

#!/bin/bash
# usage: tmp-run.sh file.ts args
cd /tmp/wt/networks
f=$1; shift
npx esbuild $f --bundle --format=esm --platform=node --conditions=@lungseg/source --packages=external --outfile=${f%.ts}.out.mjs --alias:@lungseg/backend=./packages/backend/src/index.ts --alias:@lungseg/core=./packages/core/src/index.ts --alias:@lungseg/networks=./packages/networks/src/index.ts --alias:@lungseg/inferers=./packages/inferers/src/index.ts --alias:@lungseg/models=./packages/models/src/index.ts --log-level=error && node --no-warnings ${f%.ts}.out.mjs "$@"

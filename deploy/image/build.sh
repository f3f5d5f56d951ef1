#!/usr/bin/env bash
# Builds what the image has: deploy/image/build.sh FOLDER. Needs the .NET 10 SDK.
set -euo pipefail

folder="$(realpath -m "$1")"
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
dotnet publish silo --configuration Release --output "$folder" --no-self-contained --verbosity quiet -nologo -nodeReuse:false \
    -p:UseAppHost=false

# Without the demo, for all addresses, and with its log for machines.
cp deploy/image/appsettings.json "$folder/appsettings.json"

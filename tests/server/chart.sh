#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the wg-dpdk contributors
#
# The Helm chart: every file of values in helm/ gives objects of Kubernetes, and values that cannot be used are refused.
# Needs helm, and checks the objects where there is kubeconform:
#   go install helm.sh/helm/v3/cmd/helm@v3.18.4 github.com/yannh/kubeconform/cmd/kubeconform@v0.6.7
set -euo pipefail
cd "$(dirname "$0")/../.."
chart=conf/helm/wireguard
values=tests/server/helm
command -v helm >/dev/null || { echo "skipped: helm is not installed"; exit 77; }
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

fail() {
	echo "FAILED: $*" >&2
	exit 1
}

# shows NAME TEXT...: the objects made of NAME.yaml have each of these texts in a line.
shows() {
	local name=$1 text
	shift
	for text; do
		grep -qF -- "$text" "$out/$name" || fail "$name.yaml: there is no line with: $text"
	done
}

hides() {
	! grep -qF -- "$2" "$out/$1" || fail "$1.yaml: there is a line with: $2"
}

# refuses WORD=VALUE: the schema names the value's key.
refuses() {
	! helm template --kube-version 1.28.0 wireguard $chart --set "$1" >"$out/refused" 2>&1 || fail "$1 is not refused"
	grep -q "${1%%=*}" "$out/refused" || grep -q "$(sed 's/=.*//; s/.*\.//' <<<"$1")" "$out/refused" || fail "$1: $(cat "$out/refused")"
}

# By stdin: kubeconform passes over files that are not called .yaml. Schemas come from the network; what they cannot say, nothing says here. A ServiceMonitor is none of Kubernetes' own objects.
n_unchecked=0
check_objects() {
	if command -v kubeconform >/dev/null && kubeconform -strict -skip ServiceMonitor <"$1" >"$out/objects" 2>&1; then
		return
	fi
	[[ ! -s $out/objects ]] || grep -q 'failed downloading schema' "$out/objects" || return
	n_unchecked=$((n_unchecked + 1))
}

for file in "$values"/*.yaml; do
	helm lint --kube-version 1.28.0 --quiet --strict $chart -f "$file" >"$out/lint" || fail "$file: $(cat "$out/lint")"
	name=$(basename "$file" .yaml)
	helm template --kube-version 1.28.0 wireguard $chart -f "$file" >"$out/$name"
	check_objects "$out/$name" || fail "$file: $(cat "$out/objects")"
done

# Clients are told the port at which the service is reached.
shows default '{ name: SERVERPORT, value: "30820" }' 'nodePort: 30820' 'externalTrafficPolicy: Local' 'type: Recreate' \
	'accessModes: [ReadWriteOnce]' 'helm.sh/resource-policy: keep' '{ name: PEERS, value: "1" }' 'readOnlyRootFilesystem: true'
hides default ReadWriteMany
shows names '{ name: SERVERPORT, value: "4500" }' '{ name: PEERS, value: "laptop, phone,7" }'
shows loadbalancer '{ name: SERVERPORT, value: "443" }' 'type: LoadBalancer' '198.51.100.0/24' '"10.13.0.0/16,fd13::/64"'
hides loadbalancer nodePort
shows coredns '{ name: USE_COREDNS, value: "false" }' 'forward . 9.9.9.9' 'kind: ConfigMap'
hides coredns externalTrafficPolicy
shows existing 'claimName: volume' 'secretName: keys' 'FILE__SERVER_PRIVATEKEY' '{ name: PUID, value: "1000" }'
hides existing 'kind: PersistentVolumeClaim'
hides ephemeral 'kind: PersistentVolumeClaim'
hides ephemeral 'privileged: true'
shows ephemeral 'net.ipv6.conf.all.forwarding' 'serviceAccountName: default'
shows sriov 'hugepages-1Gi: 2Gi' 'intel.com/sriov_vf: "1"' 'networks: sriov' 'medium: HugePages-1Gi' '"wan=0000:3b:02.0"'
hides default metrics
shows policies 'kind: PodDisruptionBudget' 'kind: NetworkPolicy' 'cidr: 0.0.0.0/0' 'kind: ServiceMonitor' 'release: prometheus' 'containerPort: 9586' \
	'{ name: WG_DPDK_METRICS, value: "0.0.0.0:9586" }' '{ name: WG_DPDK_METRICS_PEERS, value: "false" }' '{ port: metrics, protocol: TCP }'
shows peers '{ name: SERVER_ALLOWEDIPS_PEER_a, value: "192.168.7.0/24" }' 'PEER_PUBLICKEY_b'

for bad in server.peers=0 server.peers=-1 'server.peers=a b' server.port=70000 "server.url=\$(id)" server.workers=0 server.dns='a;b' \
	server.internalSubnet=everything server.logConfs=maybe server.puid=-1 server.publicKeysOfPeers.a=short service.type=Node \
	service.nodePort=51820 service.port=0 image.pullPolicy=Sometimes persistence.accessMode=Any persistence.size=big \
	hugepages.size=4Mi terminationGracePeriodSeconds=1 server.peer=3 replicaCount=2 \
	metrics.port=0 metrics.address=everywhere metrics.serviceMonitor.interval=often; do
	refuses "$bad"
done
echo "$(find "$values" -name '*.yaml' | wc -l) files of values; the objects of $n_unchecked were not checked, for want of kubeconform or its schemas"

{{- define "wireguard.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- define "wireguard.fullname" -}}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" }}
{{- else if contains (include "wireguard.name" .) .Release.Name }}
{{- .Release.Name | trunc 63 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name (include "wireguard.name" .) | trunc 63 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{- define "wireguard.selector" -}}
app.kubernetes.io/name: {{ include "wireguard.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "wireguard.labels" -}}
{{ include "wireguard.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}

{{- define "wireguard.serviceAccount" -}}
{{- if .Values.serviceAccount.create }}
{{- default (include "wireguard.fullname" .) .Values.serviceAccount.name }}
{{- else }}
{{- default "default" .Values.serviceAccount.name }}
{{- end }}
{{- end }}

{{- define "wireguard.image" -}}
{{ printf "%s:%s" .Values.image.repository (default .Chart.AppVersion .Values.image.tag) }}
{{- end }}

{{- /* What clients are told: the port at which the service is reached from outside. */}}
{{- define "wireguard.clientPort" -}}
{{- if .Values.server.port }}
{{- .Values.server.port }}
{{- else if eq .Values.service.type "NodePort" }}
{{- .Values.service.nodePort }}
{{- else }}
{{- .Values.service.port }}
{{- end }}
{{- end }}

{{- define "wireguard.claim" -}}
{{- default (include "wireguard.fullname" .) .Values.persistence.existingClaim }}
{{- end }}

{{- /* As show-peer wants it: the first peer. */}}
{{- define "wireguard.firstPeer" -}}
{{- $peers := .Values.server.peers | toString }}
{{- if regexMatch "^[0-9]+$" $peers }}1{{ else }}{{ regexFind "^[A-Za-z0-9]+" $peers }}{{ end }}
{{- end }}

{{/*
The picture of ARCHITECTURE.md, and all that the chart knows of a service: whom it calls, what it stands on, where it goes out.
`own` are the settings that it reads from the Secret, beside its token.
*/}}
{{- define "usvideo.picture" -}}
gateway: { calls: [accounts, ledger, scheduler, webhooks], files: true, own: { LINK_SECRET: link-secret, ADMIN_TOKEN: admin-token } }
accounts: { calls: [scheduler], state: true }
ledger: { calls: [scheduler], state: true, own: { LEDGER_SIGNING_KEY: ledger-signing-key } }
scheduler: { calls: [accounts, ledger], state: true, own: { LINK_SECRET: link-secret } }
webhooks: { calls: [accounts, ledger, scheduler], state: true, goesOut: true, own: { SECRETS_KEY: secrets-key } }
render-fleet: { calls: [scheduler], files: true, goesOut: true }
{{- end -}}

{{/* Who calls a service, sorted. */}}
{{- define "usvideo.callersOf" -}}
{{- $callers := list -}}
{{- range $name, $known := include "usvideo.picture" . | fromYaml -}}
{{- if has $.callee $known.calls }}{{ $callers = append $callers $name }}{{ end -}}
{{- end -}}
{{- $callers | sortAlpha | toJson -}}
{{- end -}}

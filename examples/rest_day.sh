#!/usr/bin/env bash
# An agent's day in curl. Needs URL (such as http://127.0.0.1:8080), KEY (an agent's key that stands for an agent,
# `plugdesk key create --role agent --agent mia`) and ADMIN (an admin's key, for what a morning finds already there).
set -euo pipefail
: "${URL:?where the desk is}" "${KEY:?the agent's key}" "${ADMIN:?an admin's key}"

# One request: method, path, body. Everything that writes carries an idempotency key, so a retry does nothing twice.
ask() {
  local method=$1 path=$2 body=${3:-}
  curl --silent --show-error --fail-with-body --request "$method" "$URL/v1$path" \
    --header "Authorization: Bearer $KEY" --header "Idempotency-Key: day-$RANDOM-$RANDOM-$SECONDS" \
    ${body:+--header 'Content-Type: application/json' --data "$body"}
}
as_admin() { KEY=$ADMIN ask "$@"; }
# The first value of a field in the JSON on stdin.
field() { grep -o "\"$1\":\"[^\"]*\"" | sed -n 1p | cut -d'"' -f4; }
say() { printf '\n== %s\n' "$*"; }
# What must be there is looked for in the last answer.
holds() { grep -q -- "$1" <<<"$answer" || { echo "expected $1 in: $answer" >&2; exit 1; }; }

say "In the morning two tickets have come in"
first=$(as_admin POST /tickets '{"subject":"The lift stands still","priority":"urgent",
  "contact":{"name":"Miriam Okafor","identities":[{"kind":"email","value":"m.okafor@harbour.example"}]},
  "company":{"name":"Harbour Clinics"},
  "entries":[{"text":"It stopped between two floors; nobody is inside."}]}')
ticket=$(field id <<<"$first")
company=$(grep -o '"company":"[^"]*"' <<<"$first" | cut -d'"' -f4)
other=$(as_admin POST /tickets '{"subject":"The lift does not move","contact":{"name":"Miriam Okafor"},
  "company":{"name":"Harbour Clinics"}}' | field id)

say "What is mine, and what is due first?"
ask GET '/tickets?assignee=me&status=open&sort=due' ; echo
say "What nobody has yet"
answer=$(ask GET '/tickets?assignee=none&status=open&sort=due'); holds "$ticket"

say "What may I do with it, and why not?"
ask GET "/tickets/$ticket/actions"; echo
say "I take it"
answer=$(ask POST "/tickets/$ticket/actions/take" '{}'); holds '"assignee":"mia"'
say "A colleague who opens it sees that I am at it"
ask PUT "/tickets/$ticket/presence" '{"doing":"replying"}'; echo
say "I answer; the first response is kept"
answer=$(ask POST "/tickets/$ticket/entries" '{"text":"A fitter is on the way and will be there by ten."}'); holds '"kind":"reply"'
say "What was tried goes onto the ticket as a step"
ask POST "/tickets/$ticket/entries" '{"kind":"step","text":"Restarted the drive → it moves again, slowly."}' >/dev/null
say "Until the part arrives it can wait"
answer=$(ask POST "/tickets/$ticket/actions/snooze" "{\"until\":\"$(date --utc --date='+2 hours' +%Y-%m-%dT%H:%M:%SZ)\",\"note\":\"the part comes at noon\"}")
holds '"category":"on-hold"'
say "It came early"
answer=$(ask POST "/tickets/$ticket/actions/wake" '{}'); holds '"category":"open"'

say "The second ticket tells of the same: it is merged, which moves and copies nothing"
answer=$(ask POST "/tickets/$other/actions/merge" "{\"into\":\"$ticket\"}"); merge=$(grep -o 'merge_[0-9a-z]*' <<<"$answer" | sed -n 1p)
say "No, it was the other lift: the merge is undone exactly"
answer=$(ask POST "/merges/$merge/undo" '{}'); holds '"undone_at"'

say "How does the account stand? Who is there, what is open, what was tried and promised"
answer=$(ask GET "/companies/$company/account"); holds 'Restarted the drive'

say "What do the policies propose?"
answer=$(ask GET '/proposals?state=open'); proposal=$(grep -o 'proposal_[0-9a-z]*' <<<"$answer" | sed -n 1p || true)
if [ -n "$proposal" ]; then
  say "I agree with the first; it can be undone like any merge"
  ask POST "/proposals/$proposal/accept" '{}' || echo "(it asks which of several)"
  echo
fi

say "Solved"
answer=$(ask POST "/tickets/$ticket/actions/resolve" '{"note":"The drive was replaced."}'); holds '"category":"resolved"'
say "It came back"
answer=$(ask POST "/tickets/$ticket/actions/reopen" '{"note":"It stands again."}'); holds '"category":"open"'
say "It is more than I can do: somebody higher is asked for"
ask POST "/tickets/$ticket/actions/escalate" '{"note":"The second time in a day; the clinic loses patients."}' >/dev/null

say "The day on one page"
ask GET "/tickets/$ticket?include=entries,decisions"; echo

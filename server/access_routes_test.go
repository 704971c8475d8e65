package main

// probe is one thing that is asked of the product: the address and, for a form or a command, what is
// sent. Whoever may do it succeeds with it, so whoever is refused is refused for who they are.
type probe struct {
	path  string   // or the meeting of a command
	shows string   // what the answer says, when it is a page
	leads string   // where the answer leads, when it leads on: the beginning of the address
	says  string   // what the answer to a form says, when it leads nowhere
	form  []string // names and values
	on    string   // the page the form stands on: its hidden fields and what it already says are sent too
	by    role     // who reads that page
	file  string   // sent as the file of the form
	keeps bool     // a form that changes nothing
	data  string   // of a command
}

// probes has one for each line of testdata/access.golden that is not a command: "GET /forums/:forum MAPaC".
var probes = map[string]probe{
	"GET /healthz -": {path: "/healthz", shows: "ok"},
	"GET /readyz -":  {path: "/readyz", shows: "ready"},
	"GET /assets/ -": {path: "/assets/{asset}"},

	"GET /sign-in -":             {path: "/sign-in", shows: "Sign in", leads: "/"},
	"POST /sign-in -":            {path: "/sign-in", form: []string{"email", "{email}", "password", "{password}"}, leads: "/"},
	"POST /sign-out -":           {path: "/sign-out", leads: "/sign-in"},
	"POST /demo/sign-in -":       {path: "/demo/sign-in", form: []string{"person", "{grace}"}, leads: "/"},
	"GET /mailbox -":             {path: "/mailbox", shows: "Mailbox"},
	"GET /mailbox/:mail -":       {path: "/mailbox/{mail}", shows: "Mailbox"},
	"GET /mailbox/{mail}/html -": {path: "/mailbox/{mail}/html", shows: "Quorate"},
	"GET / -":                    {path: "/", shows: "Hello, "},
	"GET /help -":                {path: "/help", shows: "Help"},
	"GET /accessibility -":       {path: "/accessibility", shows: "Accessibility statement"},
	"GET /privacy -":             {path: "/privacy", shows: "Privacy notice"},
	"GET /policy -":              {path: "/policy", shows: "Who may do what"},
	"GET /help/api -":            {path: "/help/api", shows: "Record one person’s reply"},

	"GET /api-tokens -":                    {path: "/api-tokens", shows: "Access for other systems"},
	"GET /api-tokens/new -":                {path: "/api-tokens/new", shows: "Which forums may it reach?"},
	"POST /api-tokens MAPaC":               {path: "/api-tokens", form: append([]string{"forums", "{mapac_id}"}, tokenForm...), says: "Copy the token now"},
	"POST /api-tokens board":               {path: "/api-tokens", form: append([]string{"forums", "{board_id}"}, tokenForm...), says: "Copy the token now"},
	"GET /api-tokens/:token/revoke MAPaC":  {path: "/api-tokens/{mapac_token}/revoke", shows: "Revoke the token for Rota"},
	"GET /api-tokens/:token/revoke all":    {path: "/api-tokens/{every_token}/revoke", shows: "Revoke the token for Everything"},
	"POST /api-tokens/:token/revoke MAPaC": {path: "/api-tokens/{mapac_token}/revoke", leads: "/api-tokens"},
	"POST /api-tokens/:token/revoke all":   {path: "/api-tokens/{every_token}/revoke", leads: "/api-tokens"},

	"GET /forums -":                          {path: "/forums", shows: "Forums"},
	"GET /forums/new -":                      {path: "/forums/new", shows: "What kind of forum is it?"},
	"POST /forums -":                         {path: "/forums", form: []string{"template", "complex_cases"}, leads: "/forums/"},
	"GET /forums/:forum MAPaC":               {path: "/forums/{mapac}", shows: "MAPaC"},
	"GET /forums/:forum board":               {path: "/forums/{board}", shows: "Strategic transitions board"},
	"GET /forums/:forum/edit MAPaC":          {path: "/forums/{mapac}/edit", shows: "Change the forum"},
	"POST /forums/:forum/edit MAPaC":         {path: "/forums/{mapac}/edit", on: "/forums/{mapac}/edit", by: "adm", form: []string{"mailbox_email", "mapac@example.org"}, leads: "/forums/{mapac}"},
	"GET /forums/:forum/terms MAPaC":         {path: "/forums/{mapac}/terms", shows: "Change the terms of reference"},
	"POST /forums/:forum/terms MAPaC":        {path: "/forums/{mapac}/terms", on: "/forums/{mapac}/terms", by: "adm", form: []string{"quorum_members", "4", "in_force_on-day", "1", "in_force_on-month", "12", "in_force_on-year", "2026"}, leads: "/forums/{mapac}"},
	"GET /forums/:forum/terms/:number MAPaC": {path: "/forums/{mapac}/terms/1", shows: "Terms of reference, version 1"},
	"GET /forums/:forum/ladder MAPaC":        {path: "/forums/{mapac}/ladder", shows: "How its blockers climb"},
	"POST /forums/:forum/ladder MAPaC":       {path: "/forums/{mapac}/ladder", on: "/forums/{mapac}/ladder", by: "adm", form: []string{"forum_days", "7"}, leads: "/forums/{mapac}/ladder"},
	"GET /forums/:forum/seats/new MAPaC":     {path: "/forums/{mapac}/seats/new", shows: "Add a seat"},
	"POST /forums/:forum/seats MAPaC":        {path: "/forums/{mapac}/seats", form: []string{"name", "Housing", "office", "member", "standing", "advisory"}, leads: "/forums/{mapac}"},
	"GET /forums/:forum/seats/:seat MAPaC":   {path: "/forums/{mapac}/seats/{nhs_seat}", shows: "NHS continuing health care"},
	"POST /forums/:forum/seats/:seat MAPaC":  {path: "/forums/{mapac}/seats/{nhs_seat}", on: "/forums/{mapac}/seats/{nhs_seat}", by: "adm", form: []string{"delegated_limit", "75000"}, leads: "/forums/{mapac}"},
	"POST /forums/:forum/seats/:seat/fill MAPaC": {
		path: "/forums/{mapac}/seats/{nhs_seat}/fill", form: []string{"person", "{orla}", "deputy_order", "0"}, leads: "/forums/{mapac}/seats/",
	},
	"POST /forums/:forum/seats/:seat/fill themselves": {
		path: "/forums/{mapac}/seats/{nhs_seat}/fill", form: []string{"person", "{me}", "deputy_order", "2"}, leads: "/forums/{mapac}/seats/",
	},
	"GET /forums/:forum/seats/:seat/end MAPaC":       {path: "/forums/{mapac}/seats/{nhs_seat}/end?holding={nhs_holding}", shows: "Last day"},
	"POST /forums/:forum/seats/:seat/deputies MAPaC": {path: "/forums/{mapac}/seats/{nhs_seat}/deputies", form: []string{"holding", "{nhs_deputy}", "version", "1", "direction", "up"}, keeps: true, leads: "/forums/{mapac}/seats/"},
	"POST /forums/:forum/seats/:seat/vacate MAPaC": {
		path: "/forums/{mapac}/seats/{nhs_seat}/vacate", form: []string{"holding", "{nhs_holding}", "version", "1"}, leads: "/forums/{mapac}/seats/",
	},

	"GET /forums/:forum/schedule MAPaC":          {path: "/forums/{mapac}/schedule", shows: "Schedule its meetings"},
	"POST /forums/:forum/schedule Joint":         {path: "/forums/{joint}/schedule", on: "/forums/{joint}/schedule", by: "adm", form: []string{"start_time", "9:30am"}, leads: "/forums/{joint}"},
	"POST /forums/:forum/schedule/preview MAPaC": {path: "/forums/{mapac}/schedule/preview", form: series, keeps: true, shows: "Schedule its meetings"},
	"POST /forums/:forum/series/:series/end MAPaC": {
		path: "/forums/{mapac}/series/{series}/end", form: []string{"version", "1", "ends_on_{series}-day", "1", "ends_on_{series}-month", "2", "ends_on_{series}-year", "2027"}, leads: "/forums/{mapac}/schedule",
	},
	"GET /forums/:forum/meetings/new MAPaC":    {path: "/forums/{mapac}/meetings/new", shows: "Call an extraordinary meeting"},
	"POST /forums/:forum/meetings MAPaC":       {path: "/forums/{mapac}/meetings", form: meets, leads: "/meetings/"},
	"POST /forums/:forum/meetings Central":     {path: "/forums/{central}/meetings", form: meets, leads: "/meetings/"},
	"GET /forums/:forum/planner MAPaC":         {path: "/forums/{mapac}/planner?from=2026-09", shows: "Year planner, September 2026 to August 2027"},
	"GET /forums/:forum/planner board":         {path: "/forums/{board}/planner", shows: "Year planner"},
	"GET /meetings -":                          {path: "/meetings", shows: "November 2026"},
	"GET /meetings/:meeting MAPaC":             {path: "/meetings/{voting}", shows: "Tuesday 24 November 2026"},
	"GET /meetings/:meeting Central":           {path: "/meetings/{spoken}", shows: "Tuesday 24 November 2026"},
	"GET /meetings/:meeting board":             {path: "/meetings/{board_meeting}", shows: "202"},
	"GET /meetings/:meeting/meeting.ics MAPaC": {path: "/meetings/{voting}/meeting.ics", shows: "BEGIN:VCALENDAR"},
	"GET /meetings/:meeting/move MAPaC":        {path: "/meetings/{spare}/move", shows: "Move the meeting"},
	"POST /meetings/:meeting/move MAPaC":       {path: "/meetings/{spare}/move", form: append([]string{"version", "1"}, meets...), leads: "/meetings/{spare}"},
	"GET /meetings/:meeting/cancel MAPaC":      {path: "/meetings/{spare}/cancel", shows: "Cancel the meeting"},
	"POST /meetings/:meeting/cancel MAPaC":     {path: "/meetings/{spare}/cancel", form: []string{"version", "1", "reason", "Snow."}, leads: "/meetings/{spare}"},

	"GET /meetings/:meeting/reply MAPaC":            {path: "/meetings/{spare}/reply", shows: "Will you come?"},
	"POST /meetings/:meeting/reply MAPaC":           {path: "/meetings/{spare}/reply", form: []string{"sequence", "0", "answer", "attending"}, leads: "/meetings/{spare}"},
	"GET /meetings/:meeting/replies/:person MAPaC":  {path: "/meetings/{spare}/replies/{nhs_person}", shows: "Record the reply of"},
	"POST /meetings/:meeting/replies/:person MAPaC": {path: "/meetings/{spare}/replies/{nhs_person}", form: []string{"sequence", "0", "answer", "apologies"}, leads: "/meetings/{spare}#replies"},
	"POST /meetings/:meeting/chase MAPaC":           {path: "/meetings/{spare}/chase", leads: "/meetings/{spare}#replies"},
	"GET /reply/:token -":                           {path: "/reply/{reply_link}", shows: "Will you come?"},
	"POST /reply/:token -":                          {path: "/reply/{reply_link}", form: []string{"answer", "attending"}, leads: "/reply/{reply_link}"},
	"GET /schedule -":                               {path: "/schedule", shows: "Set up the year"},
	"POST /schedule/preview Joint":                  {path: "/schedule/preview", form: joint, keeps: true, shows: "of 1 forum: nothing is saved yet"},
	"POST /schedule Joint":                          {path: "/schedule", form: joint, leads: "/schedule"},

	"GET /absences -":                       {path: "/absences", shows: "When you are away"},
	"POST /absences -":                      {path: "/absences", form: away, leads: "/absences/"},
	"GET /absences/:absence theirs":         {path: "/absences/{absence}", shows: "14 December 2026 to 18 December 2026"},
	"POST /absences/:absence theirs":        {path: "/absences/{absence}", form: append([]string{"version", "1"}, away...), leads: "/absences/{absence}"},
	"POST /absences/:absence/remove theirs": {path: "/absences/{absence}/remove", form: []string{"version", "1"}, leads: "/"},
	"GET /forums/:forum/absences MAPaC":     {path: "/forums/{mapac}/absences", shows: "Who is away"},
	"POST /forums/:forum/absences MAPaC":    {path: "/forums/{mapac}/absences", form: append([]string{"person", "{lena}"}, away...), leads: "/absences/"},

	"GET /dates -":                          {path: "/dates", shows: "Finding a date"},
	"GET /forums/:forum/dates/new MAPaC":    {path: "/forums/{mapac}/dates/new", shows: "Find a date"},
	"POST /forums/:forum/dates/check MAPaC": {path: "/forums/{mapac}/dates/check", form: asksDates, keeps: true, shows: "Find a date"},
	"POST /forums/:forum/dates MAPaC":       {path: "/forums/{mapac}/dates", form: append([]string{"people", "{lena}"}, asksDates...), leads: "/dates/"},
	"GET /dates/:poll MAPaC":                {path: "/dates/{poll}", shows: "MAPaC"},
	"GET /dates/:poll/answer MAPaC":         {path: "/dates/{poll}/answer", shows: "When can you come?"},
	"POST /dates/:poll/answer MAPaC":        {path: "/dates/{poll}/answer", form: []string{"slot_{poll_slot}", "yes", "slot_{poll_other_slot}", "no"}, leads: "/dates/{poll}/answer"},
	"POST /dates/:poll/slots MAPaC":         {path: "/dates/{poll}/slots", form: append([]string{"clashes_known", "yes", "slot_1_duration_minutes", "90"}, dateTyped("slot_1_", "4")...), leads: "/dates/{poll}"},
	"POST /dates/:poll/people MAPaC":        {path: "/dates/{poll}/people", form: []string{"person", "{orla}", "reason", "Speaks for housing."}, leads: "/dates/{poll}"},
	"POST /dates/:poll/people/remove MAPaC": {path: "/dates/{poll}/people/remove", form: []string{"person", "{lena}"}, leads: "/dates/{poll}"},
	"POST /dates/:poll/ask MAPaC":           {path: "/dates/{poll}/ask", leads: "/dates/{poll}"},
	"POST /dates/:poll/extend MAPaC":        {path: "/dates/{poll}/extend", form: []string{"version", "1", "closes_on-day", "30", "closes_on-month", "11", "closes_on-year", "2026", "closes_time", "5pm"}, leads: "/dates/{poll}"},
	"GET /dates/:poll/withdraw MAPaC":       {path: "/dates/{poll}/withdraw", shows: "Stop looking for a date"},
	"POST /dates/:poll/withdraw MAPaC":      {path: "/dates/{poll}/withdraw", form: []string{"version", "1", "reason", "Settled by phone."}, leads: "/dates/{poll}"},
	"GET /dates/:poll/slots/:slot MAPaC":    {path: "/dates/{poll}/slots/{poll_slot}", shows: "Choose this date"},
	"POST /dates/:poll/slots/:slot MAPaC":   {path: "/dates/{poll}/slots/{poll_slot}", form: []string{"version", "1", "not_quorate_known", "yes", "clashes_known", "yes"}, leads: "/meetings/"},
	"GET /when/:link -":                     {path: "/when/{when}", shows: "When can you come?"},
	"POST /when/:link -":                    {path: "/when/{when}", form: []string{"slot_{poll_slot}", "yes", "slot_{poll_other_slot}", "no"}, leads: "/when/{when}"},
	"POST /when/:link/again -":              {path: "/when/{when_expired}/again", leads: "/when/{when_expired}"},
	"GET /meetings/:meeting/chair Joint":    {path: "/meetings/{turn}/chair", shows: "Swap the chairs"},
	"POST /meetings/:meeting/chair Joint":   {path: "/meetings/{turn}/chair", on: "/meetings/{turn}/chair", by: "ckj", form: []string{"reason", "Leave."}, leads: "/meetings/{turn}"},

	"GET /tracker -":                                      {path: "/tracker", shows: "Tracker"},
	"POST /tracker/imports -":                             {path: "/tracker/imports", file: smallTracker, leads: "/tracker/imports/"},
	"GET /demo/messy-tracker.xlsx -":                      {path: "/demo/messy-tracker.xlsx", shows: "PK"},
	"GET /tracker/imports/:import -":                      {path: "/tracker/imports/{import}", shows: "small.csv"},
	"POST /tracker/imports/:import/confirm -":             {path: "/tracker/imports/{import}/confirm", on: "/tracker/imports/{import}", by: "clk", leads: "/tracker/imports/{import}"},
	"POST /tracker/imports/:import/abandon -":             {path: "/tracker/imports/{import}/abandon", leads: "/tracker"},
	"GET /cases -":                                        {path: "/cases", shows: "Cases"},
	"POST /cases -":                                       {path: "/cases", form: []string{"search", "Nobody by this name"}, keeps: true, shows: "Cases"},
	"GET /cases/:case MAPaC":                              {path: "/cases/{case}", shows: "{case}"},
	"GET /cases/:case Central":                            {path: "/cases/{central_case}", shows: "{central_case}"},
	"GET /cases/:case North":                              {path: "/cases/{north_case}", shows: "{north_case}"},
	"POST /cases/:case/people -":                          {path: "/cases/{north_case}/people", form: []string{"person", "{presenter}", "kind", "worker"}, leads: "/cases/{north_case}"},
	"POST /cases/:case/people/remove -":                   {path: "/cases/{own_case}/people/remove", form: []string{"person", "{presenter}", "kind", "worker"}, leads: "/cases/{own_case}"},
	"GET /history -":                                      {path: "/history", shows: "Bring your history"},
	"POST /history/imports -":                             {path: "/history/imports", file: "Name,Email\nOttoline Quickbeam,ottoline@example.org\n", leads: "/history/imports/"},
	"GET /history/template.xlsx -":                        {path: "/history/template.xlsx", shows: "PK"},
	"GET /history/imports/:import clerk’s":                {path: "/history/imports/{history}", shows: "history.csv"},
	"GET /history/imports/{import}/problems.xlsx clerk’s": {path: "/history/imports/{history}/problems.xlsx", shows: "PK"},
	"POST /history/imports/:import/confirm clerk’s":       {path: "/history/imports/{history}/confirm", on: "/history/imports/{history}", by: "clk", leads: "/history/imports/{history}"},
	"POST /history/imports/:import/abandon clerk’s":       {path: "/history/imports/{history}/abandon", leads: "/history"},
	"GET /history/decisions MAPaC":                        {path: "/history/decisions?forum={mapac}", shows: "Decisions from before Quorate"},

	"GET /meetings/:meeting/agenda MAPaC":          {path: "/meetings/{voting}/agenda", shows: "Agenda"},
	"GET /meetings/:meeting/agenda Central":        {path: "/meetings/{spoken}/agenda", shows: "Agenda"},
	"GET /meetings/:meeting/agenda board":          {path: "/meetings/{board_meeting}/agenda", shows: "Agenda"},
	"GET /meetings/:meeting/agenda/mine MAPaC":     {path: "/meetings/{voting}/agenda/mine", shows: "Agenda"},
	"GET /meetings/:meeting/agenda/edit MAPaC":     {path: "/meetings/{draft}/agenda/edit", shows: "Agenda for"},
	"GET /meetings/:meeting/agenda/edit board":     {path: "/meetings/{board_meeting}/agenda/edit", shows: "Agenda for"},
	"POST /meetings/:meeting/agenda/build MAPaC":   {path: "/meetings/{draft}/agenda/build", leads: "/meetings/{draft}/agenda/edit"},
	"POST /meetings/:meeting/agenda/cases MAPaC":   {path: "/meetings/{draft}/agenda/cases", form: []string{"case_number", "{case}", "reason", "To be heard again."}, leads: "/meetings/{draft}/agenda/edit"},
	"POST /meetings/:meeting/agenda/publish MAPaC": {path: "/meetings/{draft}/agenda/publish", leads: "/meetings/{draft}/agenda"},
	"POST /agenda-items/:item/pin MAPaC":           {path: "/agenda-items/{drafted}/pin", form: []string{"pinned", "yes"}, leads: "/meetings/{draft}/agenda/edit"},
	"POST /agenda-items/:item/move MAPaC":          {path: "/agenda-items/{drafted_next}/move", form: []string{"direction", "up"}, leads: "/meetings/{draft}/agenda/edit"},
	"POST /agenda-items/:item/minutes MAPaC":       {path: "/agenda-items/{drafted}/minutes", form: []string{"version", "0", "minutes-{drafted}", "25"}, leads: "/meetings/{draft}/agenda/edit"},
	"GET /agenda-items/:item/remove MAPaC":         {path: "/agenda-items/{drafted}/remove", shows: "Take an item off the agenda"},
	"POST /agenda-items/:item/remove MAPaC":        {path: "/agenda-items/{drafted}/remove", form: []string{"version", "0", "reason", "Not ready."}, leads: "/meetings/{draft}/agenda/edit"},
	"POST /agenda-items/:item/restore MAPaC":       {path: "/agenda-items/{removed}/restore", form: []string{"version", "0"}, leads: "/meetings/{draft}/agenda/edit"},
	"GET /agenda-items/:item/guests MAPaC":         {path: "/agenda-items/{drafted}/guests", shows: "Guests for Q"},
	"POST /agenda-items/:item/guests MAPaC":        {path: "/agenda-items/{drafted}/guests", form: []string{"person", "{guest}"}, leads: "/agenda-items/{drafted}/guests"},
	"POST /guests/:guest/withdraw MAPaC":           {path: "/guests/{drafted_guest}/withdraw", leads: "/agenda-items/{drafted_next}/guests"},
	"GET /meetings/:meeting/agenda/mine joined":    {path: "/meetings/{joined}/agenda/mine", shows: "Agenda for"},
	"GET /rules -":        {path: "/rules", shows: "Agenda rules"},
	"GET /rules/:rule -":  {path: "/rules/{rule}", shows: "{rule_name}"},
	"POST /rules/:rule -": {path: "/rules/{rule}", on: "/rules/{rule}", by: "adm", form: []string{"minutes", "9"}, leads: "/rules/{rule}"},

	"GET /requests -":                          {path: "/requests", shows: "Funding requests"},
	"GET /requests/new -":                      {path: "/requests/new", shows: "Ask for funding"},
	"POST /requests -":                         {path: "/requests", on: "/requests/new", by: "pre", form: []string{"case_number", "{own_case}", "forum", "{mapac_id}", "need", "Support by day", "do", "save"}, leads: "/requests/"},
	"GET /requests/:request draft":             {path: "/requests/{request_draft}", shows: "Funding request R"},
	"GET /requests/:request submitted":         {path: "/requests/{submitted}", shows: "Funding request R"},
	"GET /requests/:request returned":          {path: "/requests/{returned}", shows: "Funding request R"},
	"GET /requests/:request tabled":            {path: "/requests/{tabled}", shows: "Funding request R"},
	"GET /requests/:request joined":            {path: "/requests/{joined_request}", shows: "Funding request R"},
	"GET /requests/:request/edit draft":        {path: "/requests/{request_draft}/edit", shows: "Funding request R"},
	"POST /requests/:request/edit draft":       {path: "/requests/{request_draft}/edit", on: "/requests/{request_draft}/edit", by: "pre", form: []string{"do", "submit"}, leads: "/requests/{request_draft}"},
	"POST /requests/:request/edit returned":    {path: "/requests/{returned}/edit", on: "/requests/{returned}/edit", by: "pre", form: []string{"do", "submit"}, leads: "/requests/{returned}"},
	"POST /requests/:request/return submitted": {path: "/requests/{submitted}/return", on: "/requests/{submitted}", by: "clk", form: []string{"questions", "What does the college say?"}, leads: "/requests"},
	"POST /requests/:request/table submitted":  {path: "/requests/{submitted}/table", on: "/requests/{submitted}", by: "clk", form: []string{"meeting", "{draft}", "late_reason", "The placement ends."}, leads: "/requests/{submitted}"},

	"GET /meetings/:meeting/minutes MAPaC":        {path: "/meetings/{held}/minutes", shows: "Minutes of 24 November 2026"},
	"GET /meetings/:meeting/minutes Central":      {path: "/meetings/{central_past}/minutes", shows: "Minutes of"},
	"POST /meetings/:meeting/minutes/send MAPaC":  {path: "/meetings/{held}/minutes/send", leads: "/meetings/{held}/minutes"},
	"GET /decisions/:decision MAPaC":              {path: "/decisions/{decision}", shows: canaryReasons},
	"POST /decisions/:decision/correct MAPaC":     {path: "/decisions/{decision}/correct", on: "/decisions/{decision}", by: "chr", form: []string{"text", "Six hours.", "reason", "A slip."}, leads: "/decisions/{decision}"},
	"GET /actions -":                              {path: "/actions", shows: "Actions"},
	"GET /actions ofMAPaC":                        {path: "/actions?forum={mapac}", shows: canaryAction},
	"POST /actions/:action/complete Central":      {path: "/actions/{action}/complete", form: []string{"command", "{uuid}", "meeting", "{spoken}"}, leads: "/actions"},
	"GET /decisions/:decision agreed":             {path: "/decisions/{agreed_decision}", shows: canaryReasons},
	"GET /decisions/:decision waiting":            {path: "/decisions/{waiting_decision}", shows: "This waits for the other chair to confirm"},
	"POST /decisions/:decision/confirm waiting":   {path: "/decisions/{waiting_decision}/confirm", form: []string{"command", "{uuid}", "meeting", "{waits}"}, leads: "/decisions/{waiting_decision}"},
	"POST /decisions/:decision/send-back waiting": {path: "/decisions/{waiting_decision}/send-back", form: []string{"command", "{uuid}", "meeting", "{waits}", "reason", "Not what we said."}, leads: "/"},

	"GET /blockers -":                                   {path: "/blockers", shows: "Blockers"},
	"GET /blockers ofMAPaC":                             {path: "/blockers?forum={mapac}", shows: "Ground-floor flats"},
	"GET /blockers/new MAPaC":                           {path: "/blockers/new?forum={mapac}", shows: "Raise a blocker"},
	"POST /blockers/new MAPaC":                          {path: "/blockers/new?forum={mapac}", form: append([]string{"young_people", "12"}, stuck...), leads: "/blockers/"},
	"GET /blockers/:blocker MAPaC":                      {path: "/blockers/{blocker}", shows: "Blocker B"},
	"GET /blockers/:blocker/move MAPaC":                 {path: "/blockers/{blocker}/move", shows: "Move blocker B"},
	"POST /blockers/:blocker/move MAPaC":                {path: "/blockers/{blocker}/move", form: []string{"version", "1", "level", "board", "reason", "Nobody else can."}, leads: "/blockers/{blocker}"},
	"GET /blockers/:blocker/resolve MAPaC":              {path: "/blockers/{blocker}/resolve", shows: "Resolve blocker B"},
	"POST /blockers/:blocker/resolve MAPaC":             {path: "/blockers/{blocker}/resolve", form: []string{"version", "1", "resolution", "A flat was found."}, leads: "/blockers/{blocker}"},
	"GET /meetings/:meeting/items/:item/blocker MAPaC":  {path: "/meetings/{voting}/items/{voting_item}/blocker", shows: "Raise a blocker"},
	"POST /meetings/:meeting/items/:item/blocker MAPaC": {path: "/meetings/{voting}/items/{voting_item}/blocker", form: stuck, leads: "/blockers/"},

	"GET /board -":        {path: "/board", shows: "Boards", leads: "/board/{board}"},
	"GET /board/:board -": {path: "/board/{board}", shows: "Strategic transitions board"},
	"GET /board/escalations/:escalation waiting":         {path: "/board/escalations/{waiting}", shows: "Escalation B"},
	"GET /board/escalations/:escalation answered":        {path: "/board/escalations/{answered}", shows: "Escalation B"},
	"POST /board/escalations/:escalation/answer waiting": {path: "/board/escalations/{waiting}/answer", form: []string{"agreed", "no", "reason", "There is no money."}, leads: "/board/escalations/{waiting}"},
	"GET /board/digests/:digest -":                       {path: "/board/digests/{digest}", shows: "Digest"},
	"POST /board/:board/digest -":                        {path: "/board/{board}/digest", leads: "/board/{board}"},

	"GET /agencies -":              {path: "/agencies", shows: "Agencies"},
	"GET /agencies/new -":          {path: "/agencies/new", shows: "Add an agency"},
	"POST /agencies -":             {path: "/agencies", form: []string{"name", "Probation", "short_name", "Probation", "kind", "voluntary_sector", "legal_body", "Probation Service"}, leads: "/agencies"},
	"POST /agencies/ours -":        {path: "/agencies/ours", on: "/agencies", by: "adm", form: []string{"council", "Marlshire Council", "icb", "NHS Marlshire ICB"}, leads: "/agencies"},
	"GET /agencies/:agency -":      {path: "/agencies/{agency}", shows: "Change an agency"},
	"POST /agencies/:agency -":     {path: "/agencies/{agency}", on: "/agencies/{agency}", by: "adm", form: []string{"legal_body", "NHS Marlshire and Vale ICB"}, leads: "/agencies"},
	"GET /people -":                {path: "/people", shows: "People"},
	"GET /people/new -":            {path: "/people/new", shows: "Add a person"},
	"POST /people -":               {path: "/people", form: []string{"name", "Nell Farrow", "email", "nell.farrow@example.org", "password", "three random words"}, leads: "/people"},
	"GET /people/:person -":        {path: "/people/{orla}", shows: "This person has left"},
	"POST /people/:person/leave -": {path: "/people/{orla}/leave", on: "/people/{orla}", by: "adm", leads: "/people"},
	"GET /audit -":                 {path: "/audit", shows: "Audit trail"},
	"POST /audit/check -":          {path: "/audit/check", keeps: true, shows: "The trail is whole"},

	"GET /meetings/:meeting/room MAPaC":   {path: "/meetings/{voting}/room", shows: "MAPaC"},
	"GET /meetings/:meeting/room joined":  {path: "/meetings/{joined}/room", shows: "MAPaC"},
	"GET /meetings/:meeting/room Central": {path: "/meetings/{spoken}/room", shows: "Central"},
	"GET /meetings/:meeting/room board":   {path: "/meetings/{board_meeting}/room", shows: "Strategic transitions board"},
	"POST /meetings/:meeting/room/:command MAPaC": {
		path: "/meetings/{voting}/room/attendance.record", form: []string{"command_id", "{uuid}", "form", "here", "here-present", "yes", "here-remote", "yes"}, leads: "/meetings/{voting}/room",
	},

	"GET /live/meetings/{meeting} MAPaC":            {path: "/live/meetings/{voting}", shows: `"type":"frame"`},
	"GET /live/meetings/{meeting} joined":           {path: "/live/meetings/{joined}", shows: `"type":"frame"`},
	"GET /live/meetings/{meeting}/frames joined":    {path: "/live/meetings/{joined}/frames", shows: `"type":"frame"`},
	"POST /live/meetings/{meeting}/commands joined": {path: "/live/meetings/{joined}/commands", data: `{"type":"command","id":"{uuid}","command":"attendance.record","data":{"present":true}}`},
	"GET /live/meetings/{meeting} Central":          {path: "/live/meetings/{spoken}", shows: `"type":"frame"`},
	"GET /live/meetings/{meeting}/frames board":     {path: "/live/meetings/{board_meeting}/frames", shows: `"type":"frame"`},
	"GET /live/meetings/{meeting}/frames MAPaC":     {path: "/live/meetings/{voting}/frames", shows: `"type":"frame"`},
	"GET /live/meetings/{meeting}/frames Central":   {path: "/live/meetings/{spoken}/frames", shows: `"type":"frame"`},
	"POST /live/meetings/{meeting}/commands MAPaC":  {path: "/live/meetings/{voting}/commands", data: `{"type":"command","id":"{uuid}","command":"attendance.record","data":{"present":true,"remote":true}}`},
}

var (
	tokenForm = []string{"name", "Rota system", "scope", "read", "expires_on-day", "1", "expires_on-month", "6", "expires_on-year", "2027"}
	meets     = []string{"starts_on-day", "2", "starts_on-month", "12", "starts_on-year", "2026", "start_time", "10am", "duration_minutes", "60", "venue", "County Hall"}
	joint     = []string{"forum", "{joint_id}", "bank_holiday", "next_working_day", "as", "scheduled"}
	away      = []string{"from_date-day", "4", "from_date-month", "1", "from_date-year", "2027", "kind", "training"}
	stuck     = []string{"kind", "housing", "theme", "Supported housing", "needed", "A flat with night staff.", "owner", "{grace}"}
	series    = []string{
		"cadence", "weekly", "cadence_day", "2", "start_time", "9:30am", "duration_minutes", "60", "bank_holiday", "next_working_day",
		"starts_on-day", "1", "starts_on-month", "12", "starts_on-year", "2026",
	}
)

// asked has one for each DO line: "ballot.cast NHS". Its path is the meeting.
var asked = map[string]probe{
	"meeting.start MAPaC":         {path: "published", data: `{}`},
	"meeting.adjourn MAPaC":       {path: "voted", data: `{"reason":"A fire alarm."}`},
	"meeting.close MAPaC":         {path: "voted", data: `{}`},
	"attendance.record own":       {path: "voting", data: `{"present":true,"remote":true}`},
	"attendance.record another’s": {path: "voting", data: `{"person_id":"{uma}","present":true}`},
	"interest.declare own":        {path: "published", data: `{"item_id":"{published_item}","kind":"family","reason":"A cousin."}`},
	"interest.declare another’s":  {path: "published", data: `{"item_id":"{published_item}","person_id":"{uma}","kind":"family","reason":"A cousin."}`},
	"interest.withdraw MAPaC":     {path: "voting", data: `{"interest_id":"{interest}","reason":"The wrong item."}`},
	"item.open MAPaC":             {path: "voted", data: `{"item_id":"{voted_other}"}`},
	"item.stage MAPaC":            {path: "voted", data: `{"item_id":"{voted_item}","stage":"deliberation"}`},
	"item.finish MAPaC":           {path: "voted", data: `{"item_id":"{voted_item}"}`},
	"item.pass MAPaC":             {path: "voted", data: `{"item_id":"{voted_other}","reason":"No time."}`},
	"vote.open MAPaC":             {path: "voted", data: `{"item_id":"{voted_item}","outcome":"agreed"}`},
	"ballot.cast NHS":             {path: "voting", data: `{"vote_id":"{open_vote}","seat_id":"{nhs_seat}","position":"consent"}`},
	"ballot.cast joined":          {path: "joined", data: `{"vote_id":"{joined_vote}","seat_id":"{guest_place}","position":"consent"}`},
	"attendance.record joined":    {path: "joined", data: `{"present":true}`},
	"interest.declare joined":     {path: "joined", data: `{"item_id":"{joined_item}","kind":"family","reason":"A cousin."}`},
	"interest.declare elsewhere":  {path: "joined", data: `{"item_id":"{joined_other}","kind":"family","reason":"A cousin."}`},
	"vote.close joined":           {path: "joined", data: `{"vote_id":"{joined_vote}"}`},
	"vote.close MAPaC":            {path: "voting", data: `{"vote_id":"{open_vote}"}`},
	"position.record Central":     {path: "spoken", data: `{"vote_id":"{spoken_vote}","seat_id":"{spoken_seat}","position":"against"}`},
	"position.confirm SEN":        {path: "spoken", data: `{"ballot_id":"{ballot}"}`},
	"decision.confirm MAPaC":      {path: "voted", data: `{"item_id":"{voted_item}","vote_id":"{closed_vote}","outcome":"agreed","reasons":"It is needed.","assessor_present":true}`},
	"decision.second waiting":     {path: "waits", data: `{"decision_id":"{waiting_decision}"}`},
	"decision.return waiting":     {path: "waits", data: `{"decision_id":"{waiting_decision}","reason":"Not what we said."}`},
	"chair.take Joint":            {path: "waits", data: `{}`},
	"decision.correct MAPaC":      {path: "held", data: `{"decision_id":"{decision}","text":"Six hours.","reason":"A slip."}`},
	"note.write MAPaC":            {path: "voted", data: `{"note_id":"{uuid}","item_id":"{voted_other}","base_version":0,"text":"Heard."}`},
	"action.raise MAPaC":          {path: "voted", data: `{"owner_id":"{grace}","due_on":"2026-12-01","text":"Ask the provider."}`},
	"action.complete Central":     {path: "spoken", data: `{"action_id":"{action}","text":"Asked."}`},
	"list.update Central":         {path: "spoken", data: `{"item_id":"{spoken_item}","next_step":"Ask the school.","discussed":true}`},
}

// asksDates asks about two dates in December.
var asksDates = append(append([]string{"duration_minutes", "90", "clashes_known", "yes"}, dateTyped("slot_1_", "8")...), dateTyped("slot_2_", "9")...)

// dateTyped is a morning in December as typed into the fields of a date.
func dateTyped(field, day string) []string {
	return []string{field + "starts_on-day", day, field + "starts_on-month", "12", field + "starts_on-year", "2026", field + "start_time", "10am"}
}

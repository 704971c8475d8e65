package web

import (
	"bytes"
	"context"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"quorate/agendas"
	"quorate/frontend/govuk"
	views "quorate/frontend/views/rules"
	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

const (
	checksAtOnce = 2                // each judges every case of the tracker
	checkWaits   = 10 * time.Second // for its turn
	checkTakes   = 30 * time.Second // at the longest
)

var (
	errSuperseded = fault.New(fault.Conflict, "A newer check has taken the place of this one.")
	tooManyChecks = fault.New(fault.TooMany, "Many rules are being checked at this moment. Wait a little, then press Check.")
)

// ruleChecks keeps typing from loading the server: only a few checks run at once, and the check of what
// somebody has typed ends when their next one begins. The zero value is ready.
type ruleChecks struct {
	ready sync.Once
	turns chan struct{} // made by ready; holds one for each check that runs
	mu    sync.Mutex
	typed map[string]*ruleCheck // protected by mu; the latest by person and rule
}

// ruleCheck is a check of what is being typed.
type ruleCheck struct{ end context.CancelCauseFunc }

// do runs a check when its turn has come. One of what is being typed says of what and by whom, and ends the
// one before.
func (c *ruleChecks) do(ctx context.Context, typed string, check func(context.Context) error) error {
	c.ready.Do(func() { c.turns, c.typed = make(chan struct{}, checksAtOnce), map[string]*ruleCheck{} })
	ctx, end := context.WithCancelCause(ctx)
	defer end(nil)
	if typed != "" {
		defer c.supersede(typed, &ruleCheck{end})()
	}
	wait := time.NewTimer(checkWaits)
	defer wait.Stop()
	select {
	case c.turns <- struct{}{}:
		defer func() { <-c.turns }()
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-wait.C:
		return tooManyChecks
	}
	err := check(ctx)
	if err != nil && ctx.Err() != nil { // it broke because nobody wants it any more
		return context.Cause(ctx)
	}
	return err
}

// supersede ends the check before and stands in its place until it is given up.
func (c *ruleChecks) supersede(typed string, mine *ruleCheck) (giveUp func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if before := c.typed[typed]; before != nil {
		before.end(errSuperseded)
	}
	c.typed[typed] = mine
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		if c.typed[typed] == mine {
			delete(c.typed, typed)
		}
	}
}

// checkRule says what a rule as typed would do, or what is wrong with it; typed is "" when somebody pressed
// the button, and waits for the answer.
func (s *Site) checkRule(ctx context.Context, actor access.Actor, typed string, inForce *agendas.Rule, rule agendas.Rule) (views.Check, *fault.Fault, error) {
	check := views.Check{Done: true, Off: !rule.Enabled}
	err := s.ruleChecks.do(ctx, typed, func(ctx context.Context) error {
		return s.DB.Read(ctx, actor, func(tx db.Tx) (err error) {
			check.Preview, err = agendas.CheckRule(tx, inForce, rule)
			return err
		})
	})
	if problem := fault.As(err); fault.Is(err, fault.Invalid) || typed == "" && fault.Is(err, fault.TooMany) { // what was typed stays
		return views.Check{}, problem, nil
	}
	return check, nil, err
}

// checkTypedRule answers the script that checks a rule as somebody types: the result alone. It ends when the
// script, which has something newer to ask, or its reader goes away: only net/http says so.
func (s *Site) checkTypedRule(w http.ResponseWriter, r *http.Request, actor access.Actor) error {
	if err := r.ParseForm(); err != nil {
		return fault.New(fault.Invalid, "This form could not be read. Go back, refresh the page and try again.").Because(err)
	}
	ctx, cancel := context.WithTimeout(r.Context(), checkTakes)
	defer cancel()
	typed := func(name string) string { return strings.TrimSpace(r.PostForm.Get(name)) }
	var inForce *agendas.Rule
	var rule agendas.Rule
	if key := typed("rule"); key != "" {
		found, err := s.ruleInForce(ctx, actor, key)
		if err != nil {
			return err
		}
		inForce, rule = &found, found
	}
	lead := func(problems govuk.Errors) govuk.Errors { return settingFields(problems, rule) }
	switch {
	case typed("whole") == "":
		rule = rule.Set(typedSettings(typed, rule))
	case actor.MayAnywhere(access.ChangeRules):
		rule = rule.With(typedChange(typed, r.PostForm["templates"]))
		lead = func(problems govuk.Errors) govuk.Errors { return writingFields(problems, typed) }
	default:
		return actor.Check(access.ChangeRules, uuid.Nil)
	}
	check, problem, err := s.checkRule(ctx, actor, actor.PersonID.String()+" "+rule.Key, inForce, rule)
	if r.Context().Err() != nil {
		return nil // nobody is left to answer
	}
	if err != nil {
		return err
	}
	if problem != nil {
		check = views.Check{Done: true, Problems: lead(fieldsOf(problem))}
	}
	var result bytes.Buffer
	if err := views.Result(check).Render(ctx, &result); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write(result.Bytes()) // the reader may have gone; nothing is left to tell them
	return nil
}

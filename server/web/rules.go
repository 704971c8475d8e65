package web

import (
	"net/http"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"quorate/agendas"
	"quorate/frontend/govuk"
	"quorate/frontend/views/layout"
	views "quorate/frontend/views/rules"
	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

func (s *Site) rulesPage(c *fiber.Ctx, actor access.Actor) error {
	var rows []agendas.RuleRow
	err := s.DB.Read(c.UserContext(), actor, func(tx db.Tx) (err error) {
		rows, err = agendas.ShowRules(tx)
		return err
	})
	if err != nil {
		return err
	}
	return s.render(c, actor, http.StatusOK, layout.PageInfo{Title: "Agenda rules", Wide: true}, views.ListPage(rows))
}

func (s *Site) rulePage(c *fiber.Ctx, actor access.Actor) error { return s.showRule(c, actor, nil) }

// showRule shows a rule; after a mistake its form holds what was typed.
func (s *Site) showRule(c *fiber.Ctx, actor access.Actor, problem *fault.Fault) error {
	page := views.Page{MayChange: actor.MayAnywhere(access.ChangeRules), Problems: fieldsOf(problem)}
	err := s.DB.Read(c.UserContext(), actor, func(tx db.Tx) (err error) {
		page.RuleRow, err = agendas.ShowRule(tx, c.Params("rule"))
		return err
	})
	if err != nil {
		return err
	}
	page.Typed = ruleAsTyped(page.Rule)
	if problem != nil {
		page.Typed = typedIn(c)
	}
	info := layout.PageInfo{Title: page.Name, Section: "Agenda rules", Errors: ruleFields(page.Problems, page.Rule), Before: govuk.BackLink{Href: "/rules", Text: "Back to the rules"}}
	return s.render(c, actor, formStatus(problem), info, views.RulePage(page))
}

// ruleFields lead the error summary to the fields: a parameter's problem is under its own name.
func ruleFields(problems govuk.Errors, rule agendas.Rule) govuk.Errors {
	var led govuk.Errors
	for _, p := range problems {
		if _, is := rule.Parameter(p.Name); is {
			p.Name = views.ParameterField(p.Name)
		}
		led = append(led, p)
	}
	return led
}

func ruleAsTyped(rule agendas.Rule) func(string) string {
	values := map[string]string{
		"enabled": "no", "from_age": strconv.Itoa(rule.FromAge), "to_age": strconv.Itoa(rule.ToAge), "weight": strconv.Itoa(rule.Weight), "minutes": strconv.Itoa(rule.Minutes),
		"text": rule.Text, "law": rule.Law, "applies": rule.Applies, "turns_on": rule.TurnsOn, "listed_from": rule.ListedFrom,
	}
	if rule.Enabled {
		values["enabled"] = "yes"
	}
	for _, p := range rule.Parameters {
		values[views.ParameterField(p.Name)] = strconv.Itoa(p.Value)
	}
	return func(name string) string { return values[name] }
}

func (s *Site) changeRule(c *fiber.Ctx, actor access.Actor) error {
	key := c.Params("rule")
	var rule agendas.Rule
	err := s.DB.Read(c.UserContext(), actor, func(tx db.Tx) (err error) {
		rule, err = agendas.RuleInForce(tx, key)
		return err
	})
	if err != nil {
		return err
	}
	typed := typedIn(c)
	change := agendas.RuleChange{
		Enabled: typed("enabled") == "yes", Text: typed("text"), Law: typed("law"), Parameters: map[string]int{},
		FromAge: whole(typed("from_age")), ToAge: whole(typed("to_age")), Weight: whole(typed("weight")), Minutes: whole(typed("minutes")),
		Applies: typed("applies"), TurnsOn: typed("turns_on"), ListedFrom: typed("listed_from"),
	}
	for _, p := range rule.Parameters {
		change.Parameters[p.Name] = whole(typed(views.ParameterField(p.Name)))
	}
	changed, err := s.agendas().ChangeRule(c.UserContext(), actor, key, whole(typed("version")), change)
	if problem := mendable(err); problem != nil {
		return s.showRule(c, actor, problem)
	}
	if err != nil {
		return err
	}
	return s.redirect(c, views.Href(key), "Saved as version "+strconv.Itoa(changed.Version)+".")
}

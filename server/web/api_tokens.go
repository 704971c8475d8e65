package web

import (
	"net/http"
	"slices"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"quorate/frontend/govuk"
	views "quorate/frontend/views/apitokens"
	"quorate/frontend/views/layout"
	"quorate/server/auth"
	"quorate/server/base/access"
	"quorate/server/base/fault"
)

const apiSection = "Access for other systems"

func (s *Site) apiTokensPage(c *fiber.Ctx, actor access.Actor) error {
	tokens, _, err := s.Auth.Tokens(c.UserContext(), actor)
	if err != nil {
		return err
	}
	info := layout.PageInfo{Title: apiSection, Section: "Administration", Wide: true}
	return s.render(c, actor, http.StatusOK, info, views.ListPage(views.List{Tokens: tokens, Today: s.today()}))
}

func (s *Site) newAPITokenPage(c *fiber.Ctx, actor access.Actor) error {
	return s.showNewAPIToken(c, actor, views.Form{Scope: "read", Expires: govuk.TypeDate(s.today().AddMonths(12))}, nil)
}

func (s *Site) showNewAPIToken(c *fiber.Ctx, actor access.Actor, form views.Form, problem *fault.Fault) error {
	_, forums, err := s.Auth.Tokens(c.UserContext(), actor)
	if err != nil {
		return err
	}
	form.Forums, form.MayCases = forums, actor.MayAnywhere(access.MakeCaseTokens)
	if len(forums) == 1 && problem == nil {
		form.Chosen = []string{forums[0].ID.String()}
	}
	info := layout.PageInfo{Title: "Make a token", Section: apiSection, Before: govuk.BackLink{Href: "/api-tokens"}, Errors: fieldsOf(problem)}
	return s.render(c, actor, formStatus(problem), info, views.NewPage(form, info.Errors))
}

// makeAPIToken shows the token it makes on the page that answers, and nowhere else: neither an
// address nor a cookie ever holds it.
func (s *Site) makeAPIToken(c *fiber.Ctx, actor access.Actor) error {
	typed := typedIn(c)
	form := views.Form{Name: typed("name"), Chosen: ticked(c, "forums"), Scope: typed("scope"), Expires: govuk.ReadDate(typed, "expires_on")}
	var read reading
	asked := auth.NewAPIToken{Name: form.Name, MayReply: form.Scope == "reply", WritesCases: form.Scope == "cases", ExpiresOn: read.date("expires_on", form.Expires)}
	for _, chosen := range form.Chosen {
		if asked.WritesCases {
			break // it reaches none, whatever is ticked
		}
		if forum := read.id("forums", chosen, "Choose forums from the list"); forum != nil {
			asked.Forums = append(asked.Forums, *forum)
		}
	}
	read.form.Require(slices.Contains([]string{"read", "reply", "cases"}, form.Scope), "scope", "Choose what it may do")
	var secret string
	made, err := saved(&read, func() (made auth.APIToken, err error) {
		secret, made, err = s.Auth.MakeToken(c.UserContext(), actor, asked)
		return made, err
	})
	if problem := mendable(err); problem != nil {
		return s.showNewAPIToken(c, actor, form, problem)
	}
	if err != nil {
		return err
	}
	info := layout.PageInfo{Title: "The token for " + made.Name, Section: apiSection}
	return s.render(c, actor, http.StatusOK, info, views.MadePage(views.Made{Token: made, Secret: secret, Base: s.BaseURL.JoinPath(s.APIPath).String()}))
}

func (s *Site) revokeAPITokenPage(c *fiber.Ctx, actor access.Actor) error {
	id, err := idOf(c, "token")
	if err != nil {
		return err
	}
	held, err := s.Auth.TokenToRevoke(c.UserContext(), actor, id)
	if err != nil {
		return err
	}
	info := layout.PageInfo{Title: "Revoke the token for " + held.Name, Section: apiSection, Before: govuk.BackLink{Href: "/api-tokens"}}
	return s.render(c, actor, http.StatusOK, info, views.RevokePage(held))
}

func (s *Site) revokeAPIToken(c *fiber.Ctx, actor access.Actor) error {
	id, err := uuid.Parse(c.Params("token"))
	if err != nil {
		return pageNotFound()
	}
	if err := s.Auth.RevokeToken(c.UserContext(), actor, id); err != nil {
		return err
	}
	return s.redirect(c, "/api-tokens", "Token revoked. Whatever used it is shut out.")
}

package api

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"

	"quorate/server/base/fault"
)

const bearer = "token"

// scope is what a token must be good for.
type scope string

const (
	mayRead    scope = "read"
	mayReply   scope = "reply"
	writesCase scope = "cases"
)

const scopeKey = "scope"

type callerKey struct{}

// door lets a request through to its operation when its token is good, is not used too fast, and has
// the scope the operation needs. An operation that names no scope is let through to nobody.
func (a *API) door(ctx huma.Context, next func(huma.Context)) {
	needs, _ := ctx.Operation().Metadata[scopeKey].(scope)
	kind, secret, _ := strings.Cut(ctx.Header("Authorization"), " ")
	if !strings.EqualFold(kind, "Bearer") {
		secret = ""
	}
	caller, err := a.Auth.WhoCalls(ctx.Context(), strings.TrimSpace(secret))
	if fault.Is(err, fault.SignedOut) {
		ctx.SetHeader("WWW-Authenticate", `Bearer realm="Quorate"`)
	}
	if err != nil {
		a.refuse(ctx, a.problemOf(ctx.Method(), err))
		return
	}
	if wait := a.buckets.take(caller.TokenID); wait > 0 {
		seconds := int(wait.Seconds()) + 1
		ctx.SetHeader("Retry-After", fmt.Sprint(seconds))
		a.refuse(ctx, problem(http.StatusTooManyRequests, fmt.Sprintf("This token asks too often. Wait %d seconds, then ask again.", seconds)))
		return
	}
	switch {
	case needs == writesCase && caller.WritesCases, !caller.WritesCases && (needs == mayRead || needs == mayReply && caller.MayReply):
		next(huma.WithValue(ctx, callerKey{}, caller))
	case caller.WritesCases:
		a.refuse(ctx, problem(http.StatusForbidden, "This token sends case records and can do nothing else. Ask for one that may read."))
	case needs == writesCase:
		a.refuse(ctx, problem(http.StatusForbidden, "This token may not send case records. Ask for one that is made for that."))
	case needs == mayReply:
		a.refuse(ctx, problem(http.StatusForbidden, "This token may read and not reply. Ask for one that may reply."))
	default:
		a.refuse(ctx, problem(http.StatusForbidden, "No token may do this."))
	}
}

func (a *API) refuse(ctx huma.Context, p *Problem) {
	ctx.SetStatus(p.Status)
	ctx.SetHeader("Content-Type", problemType)
	_, _ = ctx.BodyWriter().Write(p.encoded()) // to memory: it cannot fail
}

// tagged gives each reading the ETag of what it says, and answers 304 to whoever has that already.
func (a *API) tagged(c *fiber.Ctx) error {
	if err := c.Next(); err != nil {
		return err
	}
	if c.Method() != http.MethodGet || c.Response().StatusCode() != http.StatusOK {
		return nil
	}
	tag := string(c.Response().Header.Peek(fiber.HeaderETag))
	if tag == "" {
		tag = `"` + digestOf(c.Response().Body()) + `"`
		c.Set(fiber.HeaderETag, tag)
	}
	if matches(c.Get(fiber.HeaderIfNoneMatch), tag) {
		c.Response().ResetBody()
		c.Response().Header.Del(fiber.HeaderContentType)
		c.Status(http.StatusNotModified)
	}
	return nil
}

func digestOf(body []byte) string {
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:12])
}

// matches reports whether a tag is among those of If-None-Match, compared weakly as RFC 9110 says.
func matches(header, tag string) bool {
	if strings.TrimSpace(header) == "*" {
		return true
	}
	return slices.ContainsFunc(strings.Split(header, ","), func(one string) bool {
		return strings.TrimPrefix(strings.TrimSpace(one), "W/") == tag
	})
}

package agendas

import (
	"fmt"
	"slices"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/file"
)

// ruleOperators are those a rule may join things with. None of them can fail, or grow what it is given,
// whatever a case holds: a remainder of nothing or a pattern that cannot be read would stop every agenda.
var ruleOperators = []string{
	"and", "or", "&&", "||", "not", "!", "==", "!=", "<", "<=", ">", ">=", "+", "-", "*", "/", "in", "contains", "startsWith", "endsWith",
}

const notInRules = "This is more than a rule can say. Use the facts and the functions of the list, joined by and, or and not"

// grammar finds what the expression language can say and a rule may not: whatever could fail for one
// case, or take long over it.
type grammar struct {
	where   file.Location
	problem string
}

// Visit notes the first thing that is not allowed.
func (g *grammar) Visit(node *ast.Node) {
	if g.problem != "" {
		return
	}
	switch n := (*node).(type) {
	case *ast.IdentifierNode, *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.StringNode, *ast.ConstantNode, *ast.ArrayNode:
	case *ast.UnaryNode:
		g.operator(n.Operator, n.Location())
	case *ast.BinaryNode:
		g.operator(n.Operator, n.Location())
	case *ast.CallNode:
		if _, named := n.Callee.(*ast.IdentifierNode); !named {
			g.refuse(n.Location())
		}
	case *ast.ConditionalNode:
		// Values of two kinds would be found out only when a case has the second of them.
		if n.Exp1.Type() != n.Exp2.Type() {
			g.where, g.problem = n.Location(), fmt.Sprintf("Both answers of a choice must be of one kind, and these are %s and %s", kindWords(n.Exp1.Type()), kindWords(n.Exp2.Type()))
		}
	default:
		g.refuse(n.Location())
	}
}

func (g *grammar) operator(operator string, where file.Location) {
	if !slices.Contains(ruleOperators, operator) {
		g.where, g.problem = where, fmt.Sprintf("“%s” cannot be used in a rule. Use and, or, not, in, ==, !=, <, >, + or a function of the list", operator)
	}
}

func (g *grammar) refuse(where file.Location) {
	g.where, g.problem = where, notInRules
}

// sentence says what was found, and where; "" when all is allowed.
func (g *grammar) sentence(source string) string {
	if g.problem == "" {
		return ""
	}
	at := &file.Error{Location: g.where}
	return g.problem + placeOf(source, at.Bind(file.NewSource(source)))
}

package main

import (
	"fmt"
	"net/url"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"
)

func newConfig() *cobra.Command {
	c := &cobra.Command{
		Use:   "config",
		Short: "List every setting: its value, where that comes from, what it means",
		Long: `Config lists what can be set for the service. A setting comes from the first of
these that names it: the flag --NAME of a command, the variable ATTUNE_NAME of the
environment (in capitals, with _ for -), the line NAME = "VALUE" of the file of
settings (TOML), the default. Passwords are not shown.`,
		Example: "  ATTUNE_ADDR=0.0.0.0:8080 attune config",
		Args:    noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			g, err := readSettings(c)
			if err != nil {
				return err
			}
			t := tabwriter.NewWriter(c.OutOrStdout(), 0, 0, 2, ' ', 0)
			fmt.Fprintln(t, "SETTING\tVALUE\tFROM\tMEANING")
			for _, s := range settings {
				value, from := g.get(s.name)
				if s.secret {
					value = shown(value)
				}
				if value == "" {
					value = "–"
				}
				fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", s.name, value, from, s.meaning)
			}
			return t.Flush()
		},
	}
	all := make([]string, len(settings))
	for i, s := range settings {
		all[i] = s.name
	}
	bindSettings(c, all...)
	return c
}

// shown returns a value without the password in it. What is no address is one.
func shown(value string) string {
	if value == "" || strings.HasPrefix(value, "sqlite:") || strings.HasPrefix(value, "file:") {
		return value
	}
	u, err := url.Parse(value)
	if err != nil || u.Scheme == "" {
		return "(not shown)"
	}
	u.RawQuery = "" // may have some too
	return u.Redacted()
}

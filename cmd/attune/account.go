package main

import (
	"context"
	"errors"
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"attune/internal/store"
)

func newAccount() *cobra.Command {
	c := &cobra.Command{
		Use:   "account",
		Short: "Add, list, disable and reset accounts, and make tokens for them",
		Long: `Account works on the records of the service, also while it runs. Roles: a guider
uploads and reviews, a supervisor sees what guiders share, an admin sees queues and
never a film. Add and reset print a link that works once: with it the owner of the
account chooses a password. A token is for programs.`,
		Args: noArgs,
		RunE: showHelp,
	}
	c.AddCommand(newAccountAdd(), newAccountList(), newAccountAble("disable", true), newAccountAble("enable", false), newAccountReset(), newAccountToken())
	return c
}

// newRecords is a command on the records, with the settings that find them.
func newRecords(use, short string, args cobra.PositionalArgs, run func(*cobra.Command, given, *store.Store, []string) error) *cobra.Command {
	c := &cobra.Command{
		Use: use, Short: short, Args: args,
		RunE: func(c *cobra.Command, args []string) (err error) {
			g, err := readSettings(c)
			if err != nil {
				return err
			}
			data, err := dataOf(g)
			if err != nil {
				return err
			}
			records, err := store.Open(c.Context(), data.database(g))
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, records.Close()) }()
			return run(c, g, records, args)
		},
	}
	bindSettings(c, setData, setDatabase, setPublicURL, setAddr)
	return c
}

// oneName takes exactly one argument, the name of an account.
func oneName(c *cobra.Command, args []string) error {
	if len(args) != 1 {
		return usageError{fmt.Errorf("name one account: '%s'; see --help", c.UseLine())}
	}
	return nil
}

func newAccountAdd() *cobra.Command {
	var role string
	c := newRecords("add NAME", "Add an account, and print the link with which its owner first signs in", oneName, func(c *cobra.Command, g given, records *store.Store, args []string) error {
		account, err := records.CreateAccount(c.Context(), args[0], store.Role(role))
		if err != nil {
			return err
		}
		return printLink(c, g, records, account, store.PurposeInvite)
	})
	c.Flags().StringVar(&role, "role", string(store.RoleGuider), "guider, supervisor or admin")
	return c
}

func newAccountReset() *cobra.Command {
	return newRecords("reset NAME", "Sign an account out everywhere, its programs too, and print a link for a new password", oneName, func(c *cobra.Command, g given, records *store.Store, args []string) error {
		account, err := records.AccountByName(c.Context(), args[0])
		if err != nil {
			return err
		}
		return printLink(c, g, records, account, store.PurposeReset)
	})
}

// printLink makes a link that works once and prints it: where the service of the
// data folder is reached now, or would be.
func printLink(c *cobra.Command, g given, records *store.Store, of store.Account, purpose store.Purpose) error {
	data, err := dataOf(g)
	if err != nil {
		return err
	}
	address, err := data.read(dataAddress)
	if err != nil {
		return err
	}
	if address == "" {
		address = "http://" + g.text(setAddr)
	}
	secret, link, err := records.CreateLink(c.Context(), of.ID, purpose)
	if err != nil {
		return err
	}
	fmt.Fprintln(c.OutOrStdout(), g.welcome(address, secret))
	fmt.Fprintf(c.ErrOrStderr(), "This link is shown once and works once, until %s. Give it to whom the account is for, and to nobody else.\n", until(link))
	return nil
}

// printToken makes a token and prints its secret, once.
func printToken(ctx context.Context, c *cobra.Command, records *store.Store, of store.Account, label string) error {
	secret, err := records.CreateToken(ctx, of.ID, label)
	if err != nil {
		return err
	}
	fmt.Fprintln(c.OutOrStdout(), secret)
	fmt.Fprintln(c.ErrOrStderr(), "This token is shown once. Keep it as you would a password.")
	return nil
}

func newAccountList() *cobra.Command {
	return newRecords("list", "List the accounts", noArgs, func(c *cobra.Command, _ given, records *store.Store, _ []string) error {
		accounts, err := records.Accounts(c.Context())
		if err != nil {
			return err
		}
		t := tabwriter.NewWriter(c.OutOrStdout(), 0, 0, 2, ' ', 0)
		fmt.Fprintln(t, "NAME\tROLE\tSTATE\tSINCE")
		for _, a := range accounts {
			state := "may sign in"
			switch {
			case a.Disabled:
				state = "disabled"
			case !a.HasPassword && !a.HasSubject:
				state = "has not signed in yet"
			}
			fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", a.Name, a.Role, state, a.Created.Local().Format("2006-01-02"))
		}
		return t.Flush()
	})
}

func newAccountAble(verb string, disabled bool) *cobra.Command {
	short := "Let an account in again"
	if disabled {
		short = "Shut an account out; its records stay"
	}
	return newRecords(verb+" NAME", short, oneName, func(c *cobra.Command, _ given, records *store.Store, args []string) error {
		account, err := records.AccountByName(c.Context(), args[0])
		if err != nil {
			return err
		}
		return records.SetDisabled(c.Context(), account.ID, disabled)
	})
}

func newAccountToken() *cobra.Command {
	var label string
	c := newRecords("token NAME", "Make another token for an account, and print it", oneName, func(c *cobra.Command, _ given, records *store.Store, args []string) error {
		account, err := records.AccountByName(c.Context(), args[0])
		if err != nil {
			return err
		}
		return printToken(c.Context(), c, records, account, label)
	})
	c.Flags().StringVar(&label, "label", "", "what it is for, in words of yours")
	return c
}

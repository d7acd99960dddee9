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
		Short: "Add, list and disable accounts, and make tokens for them",
		Long: `Account works on the records of the service, also while it runs. Roles: a guider
uploads and reviews, a supervisor sees what guiders share, an admin sees queues and
never a film.`,
		Args: noArgs,
		RunE: showHelp,
	}
	c.AddCommand(newAccountAdd(), newAccountList(), newAccountAble("disable", true), newAccountAble("enable", false), newAccountToken())
	return c
}

// newRecords is a command on the records, with the settings that find them.
func newRecords(use, short string, args cobra.PositionalArgs, run func(*cobra.Command, *store.Store, []string) error) *cobra.Command {
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
			return run(c, records, args)
		},
	}
	bindSettings(c, setData, setDatabase)
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
	c := newRecords("add NAME", "Add an account, and print a token for it", oneName, func(c *cobra.Command, records *store.Store, args []string) error {
		account, err := records.CreateAccount(c.Context(), args[0], store.Role(role))
		if err != nil {
			return err
		}
		return printToken(c.Context(), c, records, account, "made with the account")
	})
	c.Flags().StringVar(&role, "role", string(store.RoleGuider), "guider, supervisor or admin")
	return c
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
	return newRecords("list", "List the accounts", noArgs, func(c *cobra.Command, records *store.Store, _ []string) error {
		accounts, err := records.Accounts(c.Context())
		if err != nil {
			return err
		}
		t := tabwriter.NewWriter(c.OutOrStdout(), 0, 0, 2, ' ', 0)
		fmt.Fprintln(t, "NAME\tROLE\tSTATE\tSINCE")
		for _, a := range accounts {
			state := "may sign in"
			if a.Disabled {
				state = "disabled"
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
	return newRecords(verb+" NAME", short, oneName, func(c *cobra.Command, records *store.Store, args []string) error {
		account, err := records.AccountByName(c.Context(), args[0])
		if err != nil {
			return err
		}
		return records.SetDisabled(c.Context(), account.ID, disabled)
	})
}

func newAccountToken() *cobra.Command {
	var label string
	c := newRecords("token NAME", "Make another token for an account, and print it", oneName, func(c *cobra.Command, records *store.Store, args []string) error {
		account, err := records.AccountByName(c.Context(), args[0])
		if err != nil {
			return err
		}
		return printToken(c.Context(), c, records, account, label)
	})
	c.Flags().StringVar(&label, "label", "", "what it is for, in words of yours")
	return c
}

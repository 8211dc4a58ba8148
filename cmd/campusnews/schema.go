package main

import (
	"github.com/spf13/cobra"

	"campusnews/extract/profile"
)

type sitesSchemaCommand struct{}

func (c *sitesSchemaCommand) cobra(*global) *cobra.Command {
	return &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON Schema of profiles",
		Long: `Schema prints the JSON Schema (draft 2020-12) of the profile format. Editors check a profile against it
while it is written: with the YAML language server, begin the file with
# yaml-language-server: $schema=profile.schema.json`,
		Example: `  campusnews sites schema > profile.schema.json`,
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := cmd.OutOrStdout().Write(profile.Schema())
			return err
		},
	}
}

// Asks a service through a client that is generated from openapi.json, and prints what it decoded. The first argument is the
// service's origin.
package main

import (
	"context"
	"encoding/json"
	"log"
	"os"

	"github.com/google/uuid"

	"effective-stats/clients/client"
)

func main() {
	ctx := context.Background()
	api, err := client.NewClientWithResponses(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	tenant := uuid.MustParse("083839c6-c47c-42a6-9585-76492795d123")

	stats, err := api.GetStatsWithResponse(ctx, 0, 1, 999, &client.GetStatsParams{
		TENANTID: tenant, REGION: "GMS", MAJORVERSION: 83, MINORVERSION: 1,
	})
	if err != nil {
		log.Fatal(err)
	}
	attributes := stats.JSON200.Data.Attributes

	stat := client.StatName("max_hp")
	explained, err := api.ExplainStatsWithResponse(ctx, 0, 1, 999, &client.ExplainStatsParams{
		Stat: &stat, TENANTID: tenant, REGION: "GMS", MAJORVERSION: 83, MINORVERSION: 1,
	})
	if err != nil {
		log.Fatal(err)
	}

	level := 120
	previewed, err := api.PreviewStatsWithResponse(ctx, 0, 1, 999, &client.PreviewStatsParams{
		TENANTID: tenant, REGION: "GMS", MAJORVERSION: 83, MINORVERSION: 1,
	}, client.PreviewRequest{Base: &client.TrialBase{Level: &level}})
	if err != nil {
		log.Fatal(err)
	}

	unknown, err := api.GetStatsWithResponse(ctx, 0, 1, 4242424242, &client.GetStatsParams{
		TENANTID: tenant, REGION: "GMS", MAJORVERSION: 83, MINORVERSION: 1,
	})
	if err != nil {
		log.Fatal(err)
	}

	ready, err := api.GetReadinessWithResponse(ctx)
	if err != nil {
		log.Fatal(err)
	}

	err = json.NewEncoder(os.Stdout).Encode(map[string]any{
		"id":           stats.JSON200.Data.Id,
		"maxHP":        attributes.MaxHP,
		"statType":     (*attributes.Bonuses)[0].StatType,
		"total":        explained.JSON200.Data.Attributes.Stats[0].Phases[0].Lines[0].Total,
		"weaponAttack": previewed.JSON200.Data.Attributes.Difference.WeaponAttack,
		"code":         unknown.JSON404.Errors[0].Code,
		"status":       ready.JSON200.Status,
	})
	if err != nil {
		log.Fatal(err)
	}
}

package main

import (
	"context"
	"fmt"
	"os"
	"time"

	tempolor "github.com/GIT_USER_ID/GIT_REPO_ID"
)

func must[T any](value T, _ any, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func main() {
	configuration := tempolor.NewConfiguration()
	configuration.Servers = tempolor.ServerConfigurations{{URL: os.Args[1]}}
	configuration.AddDefaultHeader("Authorization", "Bearer "+os.Args[2])
	api := tempolor.NewAPIClient(configuration)
	background := context.Background()

	account := must(api.AccountsAPI.CreateAccount(background).AccountRequest(
		*tempolor.NewAccountRequest(*tempolor.NewRequestParams())).Execute())
	request := tempolor.NewSongRequest("Rain")
	request.SetUserId(account.GetUserId())
	job := must(api.MusicAPI.CreateSong(background).SongRequest(*request).Execute()).GetJobs()[0]
	item := must(api.MusicAPI.GetMusic(background, job).Execute())
	for !item.GetStatusFinal() {
		time.Sleep(100 * time.Millisecond)
		item = must(api.MusicAPI.GetMusic(background, job).Execute())
	}
	link := must(api.MusicAPI.DownloadMusic(background, job).FileFormat("wav").Execute())
	fmt.Println(item.GetStatusName(), link.GetUrl())
	file, err := os.Open(os.Args[3])
	if err != nil {
		panic(err)
	}
	fmt.Println(must(api.StemsAPI.SplitStems(background).Body(file).Execute()).GetStemsZipUrl())
}

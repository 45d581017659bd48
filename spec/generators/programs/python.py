import sys
import time

import openapi_client as tempolor

host, token, wav = sys.argv[1:]
with tempolor.ApiClient(tempolor.Configuration(host=host, access_token=token)) as api:
    account = tempolor.AccountsApi(api).create_account(tempolor.AccountRequest(requestParams=tempolor.RequestParams()))
    music = tempolor.MusicApi(api)
    [job, *_] = music.create_song(tempolor.SongRequest(prompt="Rain", user_id=account.user_id)).jobs
    while not (item := music.get_music(job)).status_final:
        time.sleep(0.1)
    print(item.status_name, music.download_music(job, file_format="wav").url)
    with open(wav, "rb") as file:
        print(tempolor.StemsApi(api).split_stems(file.read(), _content_type="audio/wav").stems_zip_url)

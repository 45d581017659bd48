use openapi::apis::{accounts_api, configuration::Configuration, music_api, stems_api};
use openapi::models::{AccountRequest, RequestParams, SongRequest};
use reqwest::header::{HeaderMap, HeaderValue, CONTENT_TYPE};

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let mut api = Configuration::new();
    api.base_path = arguments[1].clone();
    api.bearer_access_token = Some(arguments[2].clone());

    let account = accounts_api::create_account(&api, AccountRequest::new(RequestParams::new())).await.unwrap();
    let request = SongRequest { user_id: Some(account.user_id), ..SongRequest::new("Rain".to_string()) };
    let job = &music_api::create_song(&api, request).await.unwrap().jobs.unwrap()[0];
    let mut item = music_api::get_music(&api, job).await.unwrap();
    while item.status_final != Some(true) {
        std::thread::sleep(std::time::Duration::from_millis(100));
        item = music_api::get_music(&api, job).await.unwrap();
    }
    let link = music_api::download_music(&api, job, Some("wav")).await.unwrap();
    println!("{:?} {}", item.status_name.unwrap(), link.url.unwrap());
    // The client names no media type for an upload, so this one does for all of its requests.
    let headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static("audio/wav"))]);
    api.client = reqwest::Client::builder().default_headers(headers).build().unwrap();
    let stems = stems_api::split_stems(&api, arguments[3].clone().into(), None).await.unwrap();
    println!("{}", stems.stems_zip_url.unwrap());
}

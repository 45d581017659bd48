require 'openapi_client'
require 'uri'

host, token, wav = ARGV
address = URI(host)
OpenapiClient.configure do |configuration|
  configuration.scheme = address.scheme
  configuration.host = "#{address.host}:#{address.port}"
  configuration.base_path = address.path
  configuration.server_index = nil
  configuration.access_token = token
end

request = OpenapiClient::AccountRequest.new(request_params: OpenapiClient::RequestParams.new)
account = OpenapiClient::AccountsApi.new.create_account(request)
music = OpenapiClient::MusicApi.new
job = music.create_song(OpenapiClient::SongRequest.new(prompt: 'Rain', user_id: account.user_id)).jobs.first
item = music.get_music(job)
until item.status_final
  sleep 0.1
  item = music.get_music(job)
end
puts "#{item.status_name} #{music.download_music(job, file_format: 'wav').url}"
# By default it sends a file as JSON; its media type is the first one of the document.
puts OpenapiClient::StemsApi.new.split_stems(File.new(wav), debug_body: File.binread(wav)).stems_zip_url

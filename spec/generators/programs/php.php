<?php
require 'GuzzleHttp/autoload.php';
spl_autoload_register(function ($class) {
    require __DIR__ . '/lib/' . str_replace('\\', '/', substr($class, strlen('OpenAPI\\Client\\'))) . '.php';
});

use OpenAPI\Client\Api\AccountsApi;
use OpenAPI\Client\Api\MusicApi;
use OpenAPI\Client\Api\StemsApi;
use OpenAPI\Client\Configuration;
use OpenAPI\Client\Model\AccountRequest;
use OpenAPI\Client\Model\RequestParams;
use OpenAPI\Client\Model\SongRequest;

[, $host, $token, $wav] = $argv;
$configuration = (new Configuration())->setHost($host)->setAccessToken($token);
$http = new GuzzleHttp\Client();

$accounts = new AccountsApi($http, $configuration);
$account = $accounts->createAccount(new AccountRequest(['request_params' => new RequestParams()]));
$music = new MusicApi($http, $configuration);
$job = $music->createSong(new SongRequest(['prompt' => 'Rain', 'user_id' => $account->getUserId()]))->getJobs()[0];
while (!($item = $music->getMusic($job))->getStatusFinal()) {
    usleep(100000);
}
echo $item->getStatusName(), ' ', $music->downloadMusic($job, 'wav')->getUrl(), "\n";
$stems = new StemsApi($http, $configuration);
echo $stems->splitStems(new SplFileObject($wav), null, 'audio/wav')->getStemsZipUrl(), "\n";

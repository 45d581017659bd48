import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.nio.file.Files;
import org.openapitools.client.ApiClient;
import org.openapitools.client.api.AccountsApi;
import org.openapitools.client.api.MusicApi;
import org.openapitools.client.api.StemsApi;
import org.openapitools.client.model.AccountRequest;
import org.openapitools.client.model.MusicItem;
import org.openapitools.client.model.RequestParams;
import org.openapitools.client.model.SongRequest;

public class Program {
    public static void main(String[] arguments) throws Exception {
        ApiClient api = new ApiClient();
        // By default it offers HTTP/2, which the mock does not speak.
        api.setHttpClientBuilder(HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1));
        api.updateBaseUri(arguments[0]);
        api.setRequestInterceptor(request -> request.header("Authorization", "Bearer " + arguments[1]));

        String user = new AccountsApi(api).createAccount(new AccountRequest().requestParams(new RequestParams())).getUserId();
        MusicApi music = new MusicApi(api);
        String job = music.createSong(new SongRequest().prompt("Rain").userId(user)).getJobs().get(0);
        MusicItem item = music.getMusic(job);
        while (!item.getStatusFinal()) {
            Thread.sleep(100);
            item = music.getMusic(job);
        }
        System.out.println(item.getStatusName() + " " + music.downloadMusic(job, "wav").getUrl());
        // By default it sends a file's path as JSON; its media type is the first one of the document.
        api.setObjectMapper(new ObjectMapper(ApiClient.createDefaultObjectMapper()) {
            @Override
            public ObjectMapper copy() {
                return this;
            }

            @Override
            public byte[] writeValueAsBytes(Object file) {
                try {
                    return Files.readAllBytes(((File) file).toPath());
                } catch (IOException error) {
                    throw new UncheckedIOException(error);
                }
            }
        });
        System.out.println(new StemsApi(api).splitStems(new File(arguments[2]), null).getStemsZipUrl());
    }
}

package org.holdfast.adapter.s3;

import io.minio.BucketArgs;
import io.minio.Checksum;
import io.minio.CompleteMultipartUploadArgs;
import io.minio.CreateMultipartUploadArgs;
import io.minio.GetObjectArgs;
import io.minio.HeadBucketArgs;
import io.minio.HeadObjectArgs;
import io.minio.Http;
import io.minio.MinioAsyncClient;
import io.minio.PutObjectAPIArgs;
import io.minio.UploadPartArgs;
import io.minio.errors.MinioException;
import io.minio.messages.CompleteMultipartUpload;
import java.io.IOException;
import java.net.URI;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import okhttp3.Call;
import okhttp3.Dispatcher;
import okhttp3.Interceptor;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Response;
import org.holdfast.domain.shared.Sha256;
import org.holdfast.domain.storage.StoreAccess;

/**
 * Single requests to one bucket, each tried once. Every body carries a checksum that the store
 * compares: over TLS an MD5 (which every S3 store knows; the payload itself stays unsigned), over
 * plain HTTP the SHA-256 that the signature covers, so that nobody on the way can change it.
 */
final class Wire extends MinioAsyncClient {
    static final Duration CONNECT = Duration.ofSeconds(10);
    private static final Duration LONGEST_SILENCE = Duration.ofSeconds(60);

    /** A life cycle has at most 1,000 rules. */
    private static final long LARGEST_SETTING = 4 << 20;

    private final StoreAccess.Bucket access;
    private final boolean https;
    private final OkHttpClient http;

    private Wire(StoreAccess.Bucket access, boolean https, OkHttpClient http) {
        super(
                MinioAsyncClient.builder()
                        .endpoint(access.endpoint().toString())
                        .region(access.region())
                        .credentials(access.accessKeyId(), access.secretAccessKey().reveal())
                        .httpClient(http, true)
                        .build());
        this.access = access;
        this.https = https;
        this.http = http;
        setAppInfo("holdfast", "0.1");
    }

    static Wire to(StoreAccess.Bucket access) {
        URI endpoint = Addresses.check(access.name(), access.endpoint());
        Dispatcher dispatcher =
                new Dispatcher(
                        new ThreadPoolExecutor(
                                0,
                                Integer.MAX_VALUE,
                                30,
                                TimeUnit.SECONDS,
                                new SynchronousQueue<>(),
                                task -> daemon(task, "s3-" + access.name())));
        // The limit of 5 would let two uploads and a restore wait for each other.
        dispatcher.setMaxRequests(256);
        dispatcher.setMaxRequestsPerHost(256);
        Duration silence = silence(access.deadline());
        OkHttpClient http =
                new OkHttpClient.Builder()
                        .dispatcher(dispatcher)
                        .dns(new Addresses())
                        .protocols(List.of(Protocol.HTTP_1_1))
                        .followRedirects(false)
                        .followSslRedirects(false)
                        .retryOnConnectionFailure(false)
                        .connectTimeout(min(CONNECT, silence))
                        .readTimeout(silence)
                        .writeTimeout(silence)
                        .addInterceptor(Answered::only2xx)
                        .addInterceptor(HeldBody::hold)
                        .addInterceptor(chain -> patiently(chain, access.deadline()))
                        .build();
        return new Wire(access, endpoint.getScheme().equals("https"), http);
    }

    static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    /** How long a connection may be silent: short enough that a deadline holds a few attempts. */
    static Duration silence(Duration deadline) {
        return min(deadline.dividedBy(4).plusMillis(1), LONGEST_SILENCE);
    }

    private static Duration min(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }

    /**
     * Taking a part and joining 10,000 of them may take a store long before it answers: half of the
     * deadline, so that two attempts fit.
     */
    private static Response patiently(Interceptor.Chain chain, Duration deadline)
            throws IOException {
        String method = chain.request().method();
        if (!method.equals("PUT") && !method.equals("POST")) {
            return chain.proceed(chain.request());
        }
        int half = (int) deadline.dividedBy(2).toMillis() + 1;
        return chain.withReadTimeout(half, TimeUnit.MILLISECONDS)
                .withWriteTimeout(half, TimeUnit.MILLISECONDS)
                .proceed(chain.request());
    }

    CompletableFuture<String> create(String object) {
        return createMultipartUpload(
                        CreateMultipartUploadArgs.builder()
                                .bucket(access.bucket())
                                .object(object)
                                .build())
                .thenApply(response -> response.result().uploadId());
    }

    /** Sends one part; its ETag comes back. */
    CompletableFuture<String> put(String object, String uploadId, int number, Part part, Sum sum) {
        UploadPartArgs args =
                UploadPartArgs.builder()
                        .bucket(access.bucket())
                        .object(object)
                        .uploadId(uploadId)
                        .partNumber(number)
                        .buffer(part)
                        .build();
        Http.QueryParameters query =
                new Http.QueryParameters(
                        "partNumber", Integer.toString(number), "uploadId", uploadId);
        return executePutAsync(args, null, query, body(part, sum)).thenApply(Wire::etag);
    }

    /** Sends a whole object; its ETag comes back. */
    CompletableFuture<String> put(String object, Part whole, Sum sum) {
        PutObjectAPIArgs args =
                PutObjectAPIArgs.builder()
                        .bucket(access.bucket())
                        .object(object)
                        .buffer(whole)
                        .build();
        return executePutAsync(args, null, null, body(whole, sum)).thenApply(Wire::etag);
    }

    private static String etag(Response response) {
        try (response) {
            return String.valueOf(response.header("ETag")).replace("\"", "");
        }
    }

    /**
     * Joins the parts. A store that takes long answers 200 at once and may still end with an error
     * (S3 API reference, CompleteMultipartUpload): that comes out as {@link Answered} too.
     */
    CompletableFuture<Void> complete(
            String object, String uploadId, io.minio.messages.Part[] parts) {
        CompleteMultipartUploadArgs args =
                CompleteMultipartUploadArgs.builder()
                        .bucket(access.bucket())
                        .object(object)
                        .uploadId(uploadId)
                        .parts(parts)
                        .build();
        Http.Body body;
        try {
            body = new Http.Body(new CompleteMultipartUpload(parts), null, null, null);
        } catch (MinioException e) {
            return CompletableFuture.failedFuture(e);
        }
        return executePostAsync(args, null, new Http.QueryParameters("uploadId", uploadId), body)
                .thenAccept(
                        response -> {
                            try (response) {
                                Answered.requireNoError(response);
                            } catch (IOException e) {
                                throw new CompletionException(e);
                            }
                        });
    }

    /**
     * @param etag the object it must still be, with its quotes; null for whichever is there
     */
    CompletableFuture<Response> get(String object, long from, String etag) {
        Http.Headers headers = new Http.Headers();
        if (from > 0) {
            headers.put("Range", "bytes=" + from + "-");
        }
        if (etag != null) {
            headers.put("If-Match", etag);
        }
        return executeGetAsync(
                GetObjectArgs.builder().bucket(access.bucket()).object(object).build(),
                headers,
                null);
    }

    /**
     * One setting of the bucket, as the store writes it.
     *
     * @param sub the subresource, e.g. {@code versioning}
     */
    CompletableFuture<String> ask(String sub) {
        return ask(ofBucket(), sub);
    }

    private CompletableFuture<String> ask(BucketArgs what, String sub) {
        return executeGetAsync(what, null, new Http.QueryParameters(sub, ""))
                .thenApply(
                        response -> {
                            try (response) {
                                return response.peekBody(LARGEST_SETTING).string();
                            } catch (IOException e) {
                                throw new CompletionException(e);
                            }
                        });
    }

    /** One setting of an object. */
    CompletableFuture<String> ask(String object, String sub) {
        return ask(ofObject(object), sub);
    }

    /** Sets it; the body carries its MD5 and SHA-256. */
    CompletableFuture<Boolean> tell(String sub, String xml) {
        return tell(ofBucket(), sub, xml);
    }

    CompletableFuture<Boolean> tell(String object, String sub, String xml) {
        return tell(ofObject(object), sub, xml);
    }

    private CompletableFuture<Boolean> tell(BucketArgs what, String sub, String xml) {
        Http.Body body;
        try {
            body = new Http.Body(xml, null, null, null);
        } catch (MinioException e) {
            return CompletableFuture.failedFuture(e);
        }
        return executePutAsync(what, null, new Http.QueryParameters(sub, ""), body)
                .thenApply(
                        response -> {
                            response.close();
                            return true;
                        });
    }

    /** Takes a setting of the bucket away. */
    CompletableFuture<Boolean> forget(String sub) {
        return executeDeleteAsync(ofBucket(), null, new Http.QueryParameters(sub, ""))
                .thenApply(
                        response -> {
                            response.close();
                            return true;
                        });
    }

    private BucketArgs ofBucket() {
        return HeadBucketArgs.builder().bucket(access.bucket()).build();
    }

    private BucketArgs ofObject(String object) {
        return HeadObjectArgs.builder().bucket(access.bucket()).object(object).build();
    }

    /** Breaks off whatever is being sent for an upload. */
    void cancel(String uploadId) {
        for (List<Call> calls :
                List.of(http.dispatcher().queuedCalls(), http.dispatcher().runningCalls())) {
            for (Call call : calls) {
                if (uploadId.equals(call.request().url().queryParameter("uploadId"))) {
                    call.cancel();
                }
            }
        }
    }

    /** A body's checksum as this connection needs it, computed once for all attempts. */
    record Sum(String sha256, String md5) {}

    Sum sum(Part part) {
        return https
                ? new Sum(
                        Checksum.UNSIGNED_PAYLOAD,
                        Base64.getEncoder().encodeToString(part.digest(md5())))
                : new Sum(HexFormat.of().formatHex(part.digest(Sha256.digest())), null);
    }

    private static MessageDigest md5() {
        try {
            return MessageDigest.getInstance("MD5");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Http.Body body(Part part, Sum sum) {
        try {
            return new Http.Body(part, null, sum.sha256(), sum.md5());
        } catch (MinioException e) {
            throw new IllegalStateException(e);
        }
    }
}

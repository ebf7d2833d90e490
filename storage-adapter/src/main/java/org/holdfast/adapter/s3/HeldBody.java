package org.holdfast.adapter.s3;

import java.io.IOException;
import okhttp3.Call;
import okhttp3.Interceptor;
import okhttp3.MediaType;
import okhttp3.Response;
import okhttp3.ResponseBody;
import okio.BufferedSource;

/** An answer's body that knows its call, so that another thread can break it off. */
final class HeldBody extends ResponseBody {
    private final ResponseBody body;
    private final Call call;

    private HeldBody(ResponseBody body, Call call) {
        this.body = body;
        this.call = call;
    }

    static Response hold(Interceptor.Chain chain) throws IOException {
        Response response = chain.proceed(chain.request());
        return response.newBuilder().body(new HeldBody(response.body(), chain.call())).build();
    }

    void cancel() {
        call.cancel();
    }

    @Override
    public MediaType contentType() {
        return body.contentType();
    }

    @Override
    public long contentLength() {
        return body.contentLength();
    }

    @Override
    public BufferedSource source() {
        return body.source();
    }
}

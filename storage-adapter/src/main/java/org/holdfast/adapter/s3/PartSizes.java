package org.holdfast.adapter.s3;

/**
 * How large the parts of one upload are, in bytes. S3 takes 10,000 parts of 5 MiB to 5 GiB and
 * objects to 5 TiB (S3 User Guide, "Amazon S3 multipart upload limits").
 */
interface PartSizes {
    int MOST = 10_000;
    long MIB = 1024 * 1024;

    /**
     * @param number 1 to {@value #MOST}
     */
    long of(int number);

    /**
     * 8 MiB, and about twice as much after every thousandth part: small dumps need little memory,
     * and 10,000 parts hold 5 TiB. A buffer is never more than about a thousandth of what is
     * already stored.
     */
    static PartSizes growing() {
        long[] mib = {8, 16, 32, 64, 128, 256, 512, 1024, 1536, 1720};
        return number -> mib[Math.min((number - 1) / 1000, mib.length - 1)] * MIB;
    }

    /**
     * All parts alike: Cloudflare R2 refuses to complete an upload whose parts differ, the last one
     * aside (R2 documentation, "Multipart upload: limitations"). 64 MiB make 625 GiB.
     */
    static PartSizes uniform() {
        return number -> 64 * MIB;
    }

    static PartSizes forHost(String host) {
        return host.endsWith(".r2.cloudflarestorage.com") ? uniform() : growing();
    }
}

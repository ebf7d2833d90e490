package org.holdfast.domain.alert;

/** A way to people. It is there whether it is configured or not. */
public interface Channel {
    /** {@code slack}, {@code email} or {@code webhook}; stands in the catalog. */
    String name();

    /** Whether there is anything to send to. */
    boolean configured();

    /** Where it leads, for people, without any secret; empty where it is not configured. */
    String destination();

    /** The settings that configure it, for people. */
    String settings();

    ChannelRule rule();

    /**
     * Sends, within seconds.
     *
     * @throws Undelivered saying why, without any secret
     */
    void send(Notice notice) throws Undelivered;

    /** It did not arrive, as far as this side can tell. */
    class Undelivered extends Exception {
        private static final long serialVersionUID = 1L;

        public Undelivered(String why) {
            super(why);
        }
    }
}

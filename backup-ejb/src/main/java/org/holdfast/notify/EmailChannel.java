package org.holdfast.notify;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Date;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Collectors;
import org.holdfast.config.Alerting;
import org.holdfast.config.Settings;
import org.holdfast.domain.alert.AlertKind;
import org.holdfast.domain.alert.Channel;
import org.holdfast.domain.alert.ChannelRule;
import org.holdfast.domain.alert.Notice;
import org.holdfast.domain.policy.OnCall;
import org.holdfast.domain.policy.PolicyInForce;
import org.holdfast.domain.shared.Secret;

/**
 * E-mail. An escalation goes to the person who is called as well; a broken glass to everybody whom
 * the policy names. A mail server that offers no TLS where it is asked for gets nothing.
 */
@ApplicationScoped
public class EmailChannel implements Channel {
    private static final String PATIENCE_MS = "10000";
    private static final DateTimeFormatter AT =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss 'UTC'", Locale.ROOT)
                    .withZone(ZoneOffset.UTC);

    private Alerting alerting;
    private PolicyInForce policy;

    protected EmailChannel() {}

    @Inject
    public EmailChannel(Settings settings, PolicyInForce policy) {
        this(settings.alerting(), policy);
    }

    EmailChannel(Alerting alerting, PolicyInForce policy) {
        this.alerting = alerting;
        this.policy = policy;
    }

    @Override
    public String name() {
        return "email";
    }

    @Override
    public boolean configured() {
        return alerting.mail().isPresent();
    }

    @Override
    public String destination() {
        return alerting.mail().map(mail -> String.join(", ", mail.to())).orElse("");
    }

    @Override
    public String settings() {
        return "SMTP_HOST, ALERT_EMAIL_FROM, ALERT_EMAIL_TO";
    }

    @Override
    public ChannelRule rule() {
        return alerting.mailRule();
    }

    @Override
    public void send(Notice notice) throws Undelivered {
        if (!configured()) {
            throw new Undelivered("SMTP_HOST is not set.");
        }
        Alerting.Mail mail = alerting.mail().get();
        try {
            Session session = Session.getInstance(properties(mail));
            MimeMessage message = message(session, mail, notice);
            try (Transport transport = session.getTransport("smtp")) {
                transport.connect(
                        mail.host(),
                        mail.port(),
                        mail.user().orElse(null),
                        mail.password().map(Secret::reveal).orElse(null));
                transport.sendMessage(message, message.getAllRecipients());
            }
        } catch (MessagingException e) {
            throw new Undelivered(
                    "Mail server " + mail.host() + " did not take it: " + words(e) + ".");
        }
    }

    private static Properties properties(Alerting.Mail mail) {
        Properties properties = new Properties();
        properties.put("mail.smtp.auth", Boolean.toString(mail.user().isPresent()));
        properties.put("mail.smtp.connectiontimeout", PATIENCE_MS);
        properties.put("mail.smtp.timeout", PATIENCE_MS);
        properties.put("mail.smtp.writetimeout", PATIENCE_MS);
        properties.put("mail.smtp.localhost", "holdfast");
        properties.put("mail.smtp.socketFactory", Guarded.SOCKETS);
        properties.put("mail.smtp.socketFactory.fallback", "false");
        properties.put("mail.smtp.ssl.checkserveridentity", "true");
        switch (mail.security()) {
            case STARTTLS -> {
                properties.put("mail.smtp.starttls.enable", "true");
                properties.put("mail.smtp.starttls.required", "true");
            }
            case TLS -> {
                properties.put("mail.smtp.ssl.enable", "true");
                properties.put("mail.smtp.ssl.socketFactory", GuardedTls.SOCKETS);
            }
            case NONE -> {}
        }
        return properties;
    }

    private MimeMessage message(Session session, Alerting.Mail mail, Notice notice)
            throws MessagingException {
        MimeMessage message =
                new MimeMessage(session) {
                    @Override
                    protected void updateMessageID() throws MessagingException {
                        setHeader("Message-ID", "<" + notice.delivery() + "@holdfast>");
                    }
                };
        message.setFrom(new InternetAddress(mail.from(), true));
        for (String to : receivers(mail, notice)) {
            message.addRecipient(Message.RecipientType.TO, new InternetAddress(to, true));
        }
        message.setSubject("[Holdfast] " + notice.headline(), "UTF-8");
        message.setSentDate(new Date());
        message.setHeader("Auto-Submitted", "auto-generated");
        notice.alert().ifPresent(id -> thread(message, id + "@holdfast"));
        message.setText(text(notice), "UTF-8");
        return message;
    }

    /** What belongs to one alert stands together in the reader's mailbox. */
    private static void thread(MimeMessage message, String root) {
        try {
            message.setHeader("References", "<" + root + ">");
        } catch (MessagingException e) {
            throw new IllegalStateException(e);
        }
    }

    private Set<String> receivers(Alerting.Mail mail, Notice notice) {
        Set<String> receivers = new LinkedHashSet<>(mail.to());
        notice.contact()
                .map(Notice.Contact::email)
                .filter(email -> !email.isEmpty())
                .ifPresent(receivers::add);
        if (notice.kind().equals(AlertKind.GLASS_BROKEN.word())) {
            receivers.addAll(
                    policy.now().onCall().contacts().stream()
                            .map(OnCall.Contact::email)
                            .filter(email -> !email.isEmpty())
                            .collect(Collectors.toList()));
        }
        return receivers;
    }

    private static String text(Notice notice) {
        StringBuilder text = new StringBuilder();
        text.append(notice.headline()).append("\n\n").append(notice.text()).append("\n\n");
        notice.contact()
                .ifPresent(
                        c ->
                                text.append("Called now: ")
                                        .append(c.name())
                                        .append(c.phone().isEmpty() ? "" : ", " + c.phone())
                                        .append("\n"));
        text.append("Since: ").append(AT.format(notice.openedAt())).append("\n");
        notice.resolvedAt()
                .ifPresent(at -> text.append("Until: ").append(AT.format(at)).append("\n"));
        notice.link().ifPresent(link -> text.append("Alert: ").append(link).append("\n"));
        notice.help().ifPresent(help -> text.append("What to do: ").append(help).append("\n"));
        return text.toString();
    }

    private static String words(MessagingException e) {
        String words = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        Exception next = e.getNextException();
        if (next != null && next.getMessage() != null && !words.contains(next.getMessage())) {
            words += ": " + next.getMessage();
        }
        return words.strip().replaceAll("\\s+", " ").replaceAll("[.;]$", "");
    }
}

package org.holdfast.app;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.UUID;
import org.holdfast.domain.people.ApiToken;
import org.holdfast.domain.people.Role;
import org.holdfast.domain.people.User;
import org.holdfast.domain.people.Users;

/** Those on whose word something is done that waited since. */
@ApplicationScoped
class Requesters {
    @Inject private Users users;

    /**
     * @param token by which it was asked for; null where the person did
     * @param needed the least role of who may ask for it
     * @throws org.holdfast.domain.shared.Refused REQUESTER
     */
    void requireMayStill(String name, UUID token, Role needed) {
        User user = users.byName(name).orElseThrow(() -> User.gone(name));
        user.requireMayStill(needed, token == null ? null : token(user, token));
    }

    /**
     * @param part what the person did, who did not ask for it
     * @param needed the least role of who may do that
     * @throws org.holdfast.domain.shared.Refused REQUESTER
     */
    void requireMayStill(String name, User.Part part, Role needed) {
        users.byName(name).orElseThrow(() -> User.gone(name, part)).requireMayStill(part, needed);
    }

    private ApiToken token(User user, UUID id) {
        return users.tokens(user.id()).stream()
                .filter(t -> t.id().equals(id))
                .findFirst()
                .orElseThrow(() -> User.gone(user.name()));
    }
}

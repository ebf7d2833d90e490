package org.holdfast.web.page;

import jakarta.faces.view.ViewScoped;
import jakarta.inject.Inject;
import jakarta.inject.Named;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.holdfast.app.Joining;
import org.holdfast.app.People;
import org.holdfast.domain.people.Role;
import org.omnifaces.util.Faces;

/** Everybody who may come in, and who is invited to. Filters stand in the address. */
@Named("people")
@ViewScoped
public class PeopleList implements Serializable {
    private static final long serialVersionUID = 1L;

    @Inject private People people;
    @Inject private Joining joining;

    private String text;
    private String state;
    private String withRole;
    private transient List<People.Person> everybody;
    private transient Joining.Link link;

    private String name;
    private Role role = Role.OPERATOR;
    private String otp;
    private String againOtp;

    /** A filter to be set or taken away. */
    public record Chip(String text, String address, boolean on) {}

    public void load() {
        everybody = people.all();
    }

    public void invite() {
        link = joining.invite(name, role, otp);
        name = null;
        otp = null;
        load();
    }

    public void again(UUID id) {
        link = joining.inviteAgain(id, againOtp);
        againOtp = null;
        load();
    }

    public void withdraw(UUID id) {
        joining.withdraw(id);
        link = null;
        load();
    }

    /** The link as the person who invites reaches this server. */
    public String getAddress() {
        return link.address(Faces.getRequestBaseURL());
    }

    public List<People.Person> getRows() {
        return everybody.stream()
                .filter(p -> state == null || p.standing().name().equals(state))
                .filter(p -> withRole == null || p.role().name().equals(withRole))
                .filter(p -> text == null || p.name().contains(text.toLowerCase(Locale.ROOT)))
                .toList();
    }

    public List<Chip> getStateChips() {
        List<Chip> chips = new ArrayList<>();
        chips.add(new Chip("Everybody", address(text, null, withRole), state == null));
        for (People.Standing one : People.Standing.values()) {
            boolean on = one.name().equals(state);
            chips.add(
                    new Chip(Words.word(one), address(text, on ? null : one.name(), withRole), on));
        }
        return chips;
    }

    public List<Chip> getRoleChips() {
        List<Chip> chips = new ArrayList<>();
        for (Role one : Role.values()) {
            boolean on = one.name().equals(withRole);
            chips.add(new Chip(one.name(), address(text, state, on ? null : one.name()), on));
        }
        return chips;
    }

    public String getWithoutText() {
        return address(null, state, withRole);
    }

    private static String address(String inText, String inState, String inRole) {
        return Address.of("people.xhtml", "name", inText, "state", inState, "role", inRole);
    }

    public List<Role> getRoles() {
        return List.of(Role.values());
    }

    public Joining.Link getLink() {
        return link;
    }

    public String getText() {
        return text;
    }

    public void setText(String text) {
        this.text = text;
    }

    public String getState() {
        return state;
    }

    public void setState(String state) {
        this.state = state;
    }

    public String getWithRole() {
        return withRole;
    }

    public void setWithRole(String withRole) {
        this.withRole = withRole;
    }

    public String getName() {
        return name;
    }

    public void setName(String name) {
        this.name = name;
    }

    public Role getRole() {
        return role;
    }

    public void setRole(Role role) {
        this.role = role;
    }

    public String getOtp() {
        return otp;
    }

    public void setOtp(String otp) {
        this.otp = otp;
    }

    public String getAgainOtp() {
        return againOtp;
    }

    public void setAgainOtp(String againOtp) {
        this.againOtp = againOtp;
    }
}
